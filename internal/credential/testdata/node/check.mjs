// Judges credentials with Digital Bazaar's verifier and with jose, which share no code with ours.
//
// Run as a module from standard input in the folder of the installed modules:
//   node --input-type=module - DATA.json < check.mjs
// DATA.json: {mode, contexts, documents, cases, rounds}. Contexts and documents are all that can be loaded.

import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {createSignCryptosuite as jcsSign, createVerifyCryptosuite as jcsVerify} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {checkStatus, decodeList} from '@digitalbazaar/vc-bitstring-status-list';
import {compactVerify, importJWK} from 'jose';

const data = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const pinned = {...data.contexts, ...data.documents};

const documentLoader = async url => {
  const document = pinned[url];
  if(document === undefined) {
    throw new Error(`${url} is not pinned`);
  }
  return {contextUrl: null, documentUrl: url, document: structuredClone(document)};
};

const suites = () => [
  new DataIntegrityProof({cryptosuite: rdfc}),
  new DataIntegrityProof({cryptosuite: jcsVerify()})
];

// beside asks the second list: the same index, for suspension. The credential itself names only the first.
const beside = credential => {
  const entry = structuredClone(credential.credentialStatus);
  entry.statusPurpose = 'suspension';
  entry.statusListCredential += '/suspension';
  entry.id = `${entry.statusListCredential}#${entry.statusListIndex}`;
  return {...structuredClone(credential), credentialStatus: entry};
};

const bit = async credential => {
  const result = await checkStatus({credential, documentLoader, suite: suites(), verifyBitstringStatusListCredential: true});
  if(!result.verified) {
    throw new Error(`status: ${result.error?.message ?? JSON.stringify(result)}`);
  }
  return result.results[0].status;
};

const judge = async ({name, credential, now}) => {
  const out = {name, verified: false, revoked: false, suspended: false, error: ''};
  try {
    const result = await vc.verifyCredential({credential: structuredClone(credential), suite: suites(), documentLoader, checkStatus, now: new Date(now)});
    out.verified = result.verified;
    if(!result.verified) {
      out.error = (result.error?.errors ?? [result.error]).map(e => e?.message).join('; ');
    } else if(credential.credentialStatus) {
      out.revoked = await bit(credential);
      out.suspended = await bit(beside(credential));
    }
  } catch(e) {
    out.verified = false;
    out.error = e.message;
  }
  return out;
};

const judgeToken = async ({name, token, method}) => {
  try {
    const key = await importJWK(pinned[method].publicKeyJwk, 'ES256');
    const {payload} = await compactVerify(token, key, {algorithms: ['ES256']});
    return {name, verified: true, payload: JSON.parse(new TextDecoder().decode(payload))};
  } catch(e) {
    return {name, verified: false, error: e.message};
  }
};

// issue signs an unsigned document with the secret key, so that signatures can be compared byte for byte.
const issuer = async method => {
  const key = await Ed25519Multikey.from(pinned[method]);
  return new DataIntegrityProof({signer: key.signer(), date: data.created, cryptosuite: rdfc});
};
const issue = (document, suite) => vc.issue({credential: structuredClone(document), suite, documentLoader});

const out = {};
if(data.mode === 'judge') {
  out.results = [];
  for(const c of data.cases) {
    out.results.push(c.token ? await judgeToken(c) : await judge(c));
  }
  out.issued = [];
  for(const document of data.unsigned ?? []) {
    const {proof} = await issue(document, await issuer(data.secret));
    out.issued.push(Array.isArray(proof) ? proof[0].proofValue : proof.proofValue);
  }
  out.lists = [];
  for(const {encoded, indices} of data.lists ?? []) {
    const list = await decodeList({encodedList: encoded});
    out.lists.push({length: list.length, set: indices.map(i => list.getStatus(i))});
  }
} else {
  // Both are warmed up before they are measured; what is measured is processor time.
  const suite = await issuer(data.secret);
  const measure = async (n, work) => {
    await work();
    const from = process.cpuUsage();
    for(let i = 0; i < n; ++i) {
      await work();
    }
    const {user, system} = process.cpuUsage(from);
    return (user + system) / 1e6 / n;
  };
  out.issue = await measure(data.rounds, () => issue(data.unsigned[0], suite));
  out.verify = await measure(data.rounds, async () => {
    const {credential, now} = data.cases[0];
    const result = await vc.verifyCredential({credential: structuredClone(credential), suite: suites(), documentLoader, now: new Date(now)});
    if(!result.verified) {
      throw new Error(JSON.stringify(result));
    }
  });
}
process.stdout.write(JSON.stringify(out));
