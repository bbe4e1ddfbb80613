// Judges what we hand out with programs of others that share no code with ours, nor with each other as far as they can:
// the Digital Credentials Consortium's verifier, LearnCard's types, Ajv, two resolvers of did:web, jose, node-cbor.
//
// Run as a module from standard input in the folder of the installed modules:
//   node --input-type=module - DATA.json < others.mjs
// DATA.json: {contexts, documents, forms, badges, endorsements, lists, dids, methods, tokens, codes}. Contexts and documents
// are all that can be loaded: the network is taken away before anything is imported that might use it.

import {readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {syncBuiltinESMExports} from 'node:module';
import {Readable} from 'node:stream';

const data = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const served = {...data.contexts, ...data.documents};
for(const name of ['achievement', 'endorsement']) {
  served[`https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_${name}credential_schema.json`] = {...data.forms, $ref: name === 'endorsement' ? '#/$defs/endorsement' : '#/$defs/badge'};
}
console.log = console.warn = console.error; // the answer alone goes to the standard output

globalThis.fetch = async request => {
  const url = request.url ?? String(request);
  return served[url] === undefined ? new Response('', {status: 404}) : Response.json(served[url]);
};
http.request = https.request = (options, answer) => {
  const port = options.port ? `:${options.port}` : '';
  const document = served[`https://${options.hostname}${port}${options.path}`];
  const body = Readable.from(document === undefined ? [] : [Buffer.from(JSON.stringify(document))]);
  Object.assign(body, {statusCode: document === undefined ? 404 : 200, headers: {}, rawHeaders: []});
  const request = Object.assign(new Readable({read() {}}), {end() { process.nextTick(() => request.emit('response', body)); }, setTimeout() {}, abort() {}, write() {}});
  answer?.(body);
  return request;
};
syncBuiltinESMExports();

const {verifyCredential} = await import('@digitalcredentials/verifier-core');
const {checkStatus} = await import('@digitalcredentials/vc-bitstring-status-list');
const {securityLoader} = await import('@digitalcredentials/security-document-loader');
const {DataIntegrityProof} = await import('@digitalcredentials/data-integrity');
const {cryptosuite} = await import('@digitalcredentials/eddsa-rdfc-2022-cryptosuite');
const learncard = await import('@learncard/types');
const {Ajv2019} = await import('ajv/dist/2019.js');
const {default: addFormats} = await import('ajv-formats');
const {default: jsonld} = await import('jsonld');
const {Resolver} = await import('did-resolver');
const {getResolver} = await import('web-did-resolver');
const didWeb = await import('@digitalbazaar/did-method-web');
const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');
const {jwtVerify, importJWK} = await import('jose');
const {default: cbor} = await import('cbor');

const ajv = new Ajv2019({allErrors: true, strictTypes: false, strictTuples: false});
(addFormats.default ?? addFormats)(ajv);
ajv.addSchema(data.forms, 'forms');
const schemas = Object.fromEntries(['badge', 'endorsement'].map(name => [name, ajv.compile({$ref: `forms#/$defs/${name}`})]));

const pinned = async url => {
  if(served[url] === undefined) {
    throw new Error(`${url} is not pinned`);
  }
  return {contextUrl: null, documentUrl: url, document: served[url]};
};

// forms says what is wrong with the form of a document: nothing, if all find nothing.
const forms = async (document, schema, type) => {
  const wrong = [];
  if(schema && !schemas[schema](document)) {
    wrong.push(...schemas[schema].errors.map(e => `schema: ${e.instancePath} ${e.message}`));
  }
  const read = learncard[type].safeParse(document);
  if(!read.success) {
    wrong.push(`LearnCard: ${read.error.message}`);
  }
  try {
    await jsonld.toRDF(structuredClone(document), {documentLoader: pinned, safe: true});
  } catch(e) {
    wrong.push(`JSON-LD: ${e.message} ${JSON.stringify(e.details ?? {})}`);
  }
  return wrong;
};

// consortium is the verdict of verifier-core; it reads the machine's clock.
const consortium = async credential => {
  const {log = [], errors = [], additionalInformation = []} = await verifyCredential({credential: structuredClone(credential), knownDIDRegistries: []});
  const said = Object.fromEntries(log.map(({id, valid, error}) => [id, error ? error.name : valid]));
  const schema = additionalInformation.find(i => i.id === 'schema_check')?.results;
  return {signature: said.valid_signature === true, unexpired: said.expiration === true, unrevoked: said.revocation_status, errors: errors.map(e => e.name).join(' '),
    schema: Array.isArray(schema) ? String(schema[0].result.valid) : String(schema)};
};

const documentLoader = securityLoader({fetchRemoteContexts: true}).build();
const suspended = async credential => {
  const entry = structuredClone(credential.credentialStatus);
  entry.statusPurpose = 'suspension';
  entry.statusListCredential += '/suspension';
  entry.id = `${entry.statusListCredential}#${entry.statusListIndex}`;
  const {verified, error} = await checkStatus({credential: {...structuredClone(credential), credentialStatus: entry}, documentLoader,
    suite: [new DataIntegrityProof({cryptosuite})], verifyBitstringStatusListCredential: true});
  return error ? error.message : !verified;
};

const out = {badges: [], endorsements: [], lists: [], dids: [], methods: [], tokens: [], codes: []};
for(const {name, credential} of data.badges) {
  const said = await consortium(credential);
  out.badges.push({name, ...said, suspended: said.signature ? await suspended(credential) : false, wrong: await forms(credential, 'badge', 'AchievementCredentialValidator')});
}
for(const {name, credential} of data.endorsements) {
  out.endorsements.push({name, ...await consortium(credential), wrong: await forms(credential, 'endorsement', 'EndorsementCredentialValidator')});
}
for(const {name, credential} of data.lists) {
  out.lists.push({name, ...await consortium(credential), wrong: await forms(credential, '', 'VCValidator')});
}

const resolver = new Resolver(getResolver());
for(const did of data.dids) {
  const {didDocument, didResolutionMetadata} = await resolver.resolve(did);
  out.dids.push({name: did, methods: didDocument?.verificationMethod?.map(m => m.id) ?? [], error: didResolutionMetadata.error ?? ''});
}
const driver = didWeb.driver();
driver.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
for(const url of data.methods) {
  try {
    const {id, controller, publicKeyMultibase} = await driver.get({url});
    out.methods.push({name: url, id, controller, key: publicKeyMultibase, error: ''});
  } catch(e) {
    out.methods.push({name: url, error: e.message});
  }
}

for(const {name, token, jwk, issuer, now} of data.tokens) {
  try {
    const {payload, protectedHeader} = await jwtVerify(token, await importJWK(jwk, 'ES256'), {algorithms: ['ES256'], typ: 'JWT', issuer, currentDate: new Date(now),
      requiredClaims: ['iss', 'jti', 'sub', 'nbf']});
    out.tokens.push({name, payload, header: Object.keys(protectedHeader).sort().join(' '), error: ''});
  } catch(e) {
    out.tokens.push({name, error: e.code});
  }
}

const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const bytes = text => {
  const bits = [...text].map(c => signs.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/g), b => parseInt(b, 2));
};
// Headers of COSE: 1 is the algorithm, -8 EdDSA and -7 ES256.
const verifiers = {
  [-8]: [{name: 'Ed25519'}, {name: 'Ed25519'}],
  [-7]: [{name: 'ECDSA', namedCurve: 'P-256'}, {name: 'ECDSA', hash: 'SHA-256'}]
};
for(const {name, text, key} of data.codes) {
  try {
    const {tag, value: [head, , payload, signature]} = cbor.decodeFirstSync(bytes(text.split('#')[1]));
    const [kind, how] = verifiers[cbor.decodeFirstSync(head).get(1)];
    const message = cbor.encodeCanonical(['Signature1', head, Buffer.alloc(0), payload]);
    const publicKey = await crypto.subtle.importKey('raw', Buffer.from(key, 'base64'), kind, true, ['verify']);
    const claims = Object.fromEntries(cbor.decodeFirstSync(payload));
    out.codes.push({name, tag, verified: await crypto.subtle.verify(how, publicKey, signature, message), issuer: claims[1], expires: claims[4], from: claims[5], id: String(claims[7]), error: ''});
  } catch(e) {
    out.codes.push({name, verified: false, error: e.message});
  }
}
process.stdout.write(JSON.stringify(out));
