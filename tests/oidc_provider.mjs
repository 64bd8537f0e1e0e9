// A real OpenID provider (npm oidc-provider) on loopback, for tests only: node oidc_provider.mjs PORT CALLBACK...
// Its people and its one secret are made up. Whoever is named in ?login_hint, or clicked on its page, is signed in.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(process.env.EVENHAND_NODE_MODULES + '/'));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);

const [port, ...callbacks] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const role = (code) => ({ person_roleid: '1', role_code: `S8000:G8000:${code}`, org_code: 'PRACTICE1' });
const people = {
  doctor: { given_name: 'Amy', family_name: 'Oneill', id_assurance_level: '3', authentication_assurance_level: '3',
    selected_roleid: '1', nhsid_nrbac_roles: [role('R8000')] },
  clerk: { given_name: 'Cleo', family_name: 'Clerk', id_assurance_level: '3', authentication_assurance_level: '3',
    selected_roleid: '1', nhsid_nrbac_roles: [role('R8010')] },
  weak: { given_name: 'Will', family_name: 'Weak', id_assurance_level: '1', authentication_assurance_level: '1',
    selected_roleid: '1', nhsid_nrbac_roles: [role('R8000')] },
  mail: { given_name: 'Mia', family_name: 'Mail', email: 'mia.mail@nhs.net', email_verified: true },
  elsewhere: { given_name: 'Eve', family_name: 'Else', email: 'eve@example.org', email_verified: true },
  thief: { given_name: 'Tom', family_name: 'Thief', email: 'amy.oneill@nhs.net', email_verified: true },
};
const claims = Object.keys(Object.assign({}, ...Object.values(people)));
const key = () => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  use: 'sig', alg: 'RS256', kid: String(Math.random()) });

const provider = new Provider(issuer, {
  clients: [{ client_id: 'evenhand' }, { client_id: 'evenhand-signed', userinfo_signed_response_alg: 'RS256' }].map(
    (one) => ({ ...one, client_secret: 'a-secret-of-the-tests', redirect_uris: callbacks,
      token_endpoint_auth_method: 'client_secret_post' })),
  jwks: { keys: [key()] },
  cookies: { keys: ['a key of the tests'] },
  claims: { openid: ['sub', 'id_assurance_level', 'authentication_assurance_level'], profile: claims },
  scopes: ['openid', 'profile', 'email', 'nhsperson', 'nationalrbacaccess', 'selectedrole'],
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false }, userinfo: { enabled: true }, jwtUserinfo: { enabled: true } },
  pkce: { required: () => true },
  ttl: { IdToken: 600, AccessToken: 600, Session: 600, Interaction: 600, Grant: 600 },
  interactions: { url: (ctx, interaction) => `/who/${interaction.uid}` },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  loadExistingGrant: async (ctx) => { // everything that was asked for is granted: nobody is asked to consent
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(' '));
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  const [, word, uid, who] = ctx.path.split('/');
  if (word === 'who' && who) {
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: who } });
    ctx.respond = false;
  } else if (word === 'who') {
    ctx.body = `<!doctype html><html lang="en"><title>Who are you?</title><h1>Who are you?</h1>${
      Object.keys(people).map((name) => `<p><a href="/who/${uid}/${name}">${name}</a></p>`).join('')}</html>`;
    ctx.type = 'html';
  } else {
    await next();
  }
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
