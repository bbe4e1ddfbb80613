// A wallet made with libraries that know the specification and nothing of us: node - QUESTION, whose file holds
// {offer, pin, wrong, origin, server}: it takes the offer with the PIN, after a wrong one, and asks for every credential.
// What it asks of the origin goes to the server. It writes {version, refused, credentials, did}.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { clientAuthenticationAnonymous } from '@openid4vc/oauth2';
import { Openid4vciClient } from '@openid4vc/openid4vci';
import * as jose from 'jose';

const { offer: uri, pin, wrong, origin, server } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { privateKey, publicKey } = await jose.generateKeyPair('ES256', { extractable: true });
const publicJwk = await jose.exportJWK(publicKey);
const did = 'did:jwk:' + Buffer.from(JSON.stringify(publicJwk)).toString('base64url');
const client = new Openid4vciClient({
  callbacks: {
    fetch: (url, init) => fetch(String(url).replace(origin, server), init),
    generateRandom: (n) => crypto.randomBytes(n),
    hash: (data, name) => crypto.createHash(name.replace('-', '')).update(data).digest(),
    clientAuthentication: clientAuthenticationAnonymous(),
    signJwt: async (_, { header, payload }) => ({ jwt: await new jose.SignJWT(payload).setProtectedHeader(header).sign(privateKey), signerJwk: publicJwk }),
  },
});
const credentialOffer = await client.resolveCredentialOffer(uri);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
const take = (txCode) => client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode });
const refused = await take(wrong).then(() => '', (e) => e.errorResponse?.error ?? String(e));
const { accessTokenResponse } = await take(pin);
const credentials = {};
for (const id of credentialOffer.credential_configuration_ids) {
  let proofs;
  if (issuerMetadata.knownCredentialConfigurations[id].proof_types_supported) {
    const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
    const signer = { method: 'did', didUrl: did + '#0', alg: 'ES256' };
    const { jwt } = await client.createCredentialRequestJwtProof({ issuerMetadata, credentialConfigurationId: id, nonce, signer });
    proofs = { jwt: [jwt] };
  }
  const got = await client.retrieveCredentials({ issuerMetadata, accessToken: accessTokenResponse.access_token, credentialConfigurationId: id, proofs });
  credentials[id] = got.credentialResponse.credentials.map((c) => c.credential);
}
console.log(JSON.stringify({ version: issuerMetadata.originalDraftVersion, refused, credentials, did }));
