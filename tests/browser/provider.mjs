// A certified OpenID Connect provider (npm oidc-provider), and a small proxy before it that can spoil what it answers.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import Provider from 'oidc-provider';

/** Makes a key of the provider. */
function makeKey(kid) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

/** The header and the claims of a token. */
export function read(token) {
  return token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
}

/** A token with these claims, signed with a key. */
export function signed(header, claims, key) {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), createPrivateKey({ key, format: 'jwk' })).toString('base64url')}`;
}

const form = (uid, asked) => `<!doctype html><html lang="ja"><title>検証用アカウント</title><h1>検証用アカウント</h1>
<p id="asked">${asked}</p><form method="post" action="/interaction/${uid}"><label>アカウント <input name="login" autofocus></label>
<label><input type="checkbox" name="second"> もう一つの確認</label><button>次へ</button></form>
<form method="post" action="/interaction/${uid}"><button name="no" value="1">やめる</button></form></html>`;

/** Starts a provider of accounts `{ id: { email, email_verified, … } }` for a client of the program at `origin`. */
export async function startProvider(origin, accounts) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://localhost:${server.address().port}`;
  const state = { key: makeKey('first'), down: false, spoil: null, send: null, tokens: [], inner: null };

  const make = async () => {
    const provider = new Provider(issuer, {
      clients: [{
        client_id: 'asagao', client_secret: 'a-secret-of-the-provider-for-tests', redirect_uris: ['school', 'number'].map((key) => `${origin}/sign-in/${key}/callback`),
        post_logout_redirect_uris: [`${origin}/sign-in`],
      }],
      jwks: { keys: [state.key] },
      acrValues: ['one', 'two'],
      claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'] },
      cookies: { keys: ['a key of the cookies of tests'] },
      features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
      loadExistingGrant: async (ctx) => {
        const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId });
        grant.addOIDCScope('openid email');
        await grant.save();
        return grant;
      },
    });
    const callback = provider.callback();
    const inner = createServer((req, res) => {
      interact(provider, req, res).then((done) => done || callback(req, res), (error) => res.writeHead(500).end(String(error)));
    });
    inner.listen(0, '127.0.0.1');
    await once(inner, 'listening');
    return inner;
  };

  server.on('request', async (req, res) => {
    if (state.down) return res.socket.destroy();
    const body = [];
    for await (const chunk of req) body.push(chunk);
    const { port } = state.inner.address();
    const passed = request({ host: '127.0.0.1', port, path: req.url, method: req.method, headers: req.headers }, async (answer) => {
      const parts = [];
      for await (const chunk of answer) parts.push(chunk);
      let text = Buffer.concat(parts);
      const headers = { ...answer.headers };
      if (req.url === '/token' && answer.statusCode === 200) {
        const told = JSON.parse(text);
        state.tokens.push({ asked: Buffer.concat(body).toString(), token: told.id_token });
        if (state.spoil) {
          told.id_token = state.spoil(told.id_token);
          text = Buffer.from(JSON.stringify(told));
          headers['content-length'] = text.length;
          delete headers['transfer-encoding'];
        }
      }
      const back = `${origin}/sign-in/school/callback`;
      if (state.send && headers.location?.startsWith(back)) headers.location = state.send(new URL(headers.location));
      res.writeHead(answer.statusCode, headers).end(text);
    });
    passed.on('error', () => res.socket?.destroy());
    passed.end(Buffer.concat(body));
  });

  state.inner = await make();
  return {
    issuer,
    tokens: state.tokens,
    get key() { return state.key; },
    otherKey: makeKey('first'),
    /** What is done to every ID token from now on. */
    spoil(how) { state.spoil = how; },
    /** Where whoever is sent back from now on is sent instead. */
    send(how) { state.send = how; },
    down(is) { state.down = is; },
    /** Other keys from now on, and none of the old ones. */
    async rotate() {
      const before = state.inner;
      state.key = makeKey('second');
      state.inner = await make();
      before.closeAllConnections();
      before.close();
    },
    stop() {
      for (const one of [server, state.inner]) { one.closeAllConnections(); one.close(); }
    },
  };
}

/** The pages on which one signs in there. */
async function interact(provider, req, res) {
  if (!req.url.startsWith('/interaction/')) return false;
  const details = await provider.interactionDetails(req, res);
  if (req.method === 'GET') {
    const asked = JSON.stringify({ prompt: details.params.prompt, acr: details.params.acr_values, age: details.params.max_age });
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(form(details.uid, asked));
    return true;
  }
  const parts = [];
  for await (const chunk of req) parts.push(chunk);
  const fields = new URLSearchParams(Buffer.concat(parts).toString());
  const second = fields.has('second');
  const result = fields.has('no')
    ? { error: 'access_denied', error_description: 'turned back' }
    : { login: { accountId: fields.get('login'), acr: second ? 'two' : 'one', amr: second ? ['pwd', 'otp'] : ['pwd'] } };
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  return true;
}
