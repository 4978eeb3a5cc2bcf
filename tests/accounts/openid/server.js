// A real OpenID provider for tests: on a loopback port, with development's own login and consent pages.
import Provider from "oidc-provider";

const [port, issuer, callback] = process.argv.slice(2);
const verified = (id) => !id.startsWith("unverified");

const provider = new Provider(issuer, {
  clients: [
    { client_id: "headrace", client_secret: "a secret: with/odd characters", redirect_uris: [callback] },
    {
      client_id: "headrace-public",
      token_endpoint_auth_method: "none",
      redirect_uris: [callback],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: await keys() },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: verified(id), name: `Name of ${id}` }),
  }),
});
provider.proxy = false;

async function keys() {
  const { generateKeyPair, exportJWK } = await import("jose");
  const made = ["RS256", "ES256"].map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: alg };
  });
  return Promise.all(made);
}

provider.listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
