import { describe, expect, it } from 'vitest';
import { provider } from './provider.ts';

const TOKEN = 'gho_canary0123456789canary';
const secrets = { state: 's'.repeat(43), nonce: 'n'.repeat(43), verifier: 'v'.repeat(43) };
const callback = 'https://sekisho.shop.example/v1/sign-in/providers/github/callback';

/** GitHub at an address, as far as signing in asks it; `user` is what it says of whoever came. */
function gitHub(url: string, user: () => Response) {
  const [asked, faults]: [string[], string[]] = [[], []];
  const answering: typeof fetch = async (address) => {
    asked.push(String(address));
    return String(address).endsWith('/access_token')
      ? Response.json({ access_token: TOKEN, token_type: 'bearer', scope: '' })
      : user();
  };
  const known = provider({
    settings: { name: 'github', kind: 'github', url, label: 'GitHub', clientId: 'id' },
    clientSecret: 'canary-secret',
    fetch: answering,
    onFault: (why) => faults.push(why),
  });
  const back = new URL(`${callback}?code=canary-code&state=${secrets.state}`);
  return { asked, faults, provider: known, subject: () => known.subject(back, secrets) };
}

describe('GitHub', () => {
  it.each([
    ['https://github.com', 'https://api.github.com/user'],
    ['https://shop.ghe.com', 'https://api.shop.ghe.com/user'],
    ['https://github.shop.example', 'https://github.shop.example/api/v3/user'],
  ])('at %s is asked at %s who came, and known by the numeric id', async (url, api) => {
    const { asked, subject } = gitHub(url, () => Response.json({ id: 583_231, login: 'hanako' }));
    expect(await subject()).toEqual({ ok: true, value: '583231' });
    expect(asked).toEqual([`${url}/login/oauth/access_token`, api]);
  });

  it('is asked for no scope, under a challenge of PKCE', async () => {
    const { provider: known } = gitHub('https://github.com', () => Response.json({}));
    const begun = await known.begin(callback, secrets);
    const { origin, pathname, searchParams } = new URL(begun.ok ? begun.value : '');
    expect(origin + pathname).toBe('https://github.com/login/oauth/authorize');
    expect(searchParams.get('scope')).toBeNull();
    expect(searchParams.get('redirect_uri')).toBe(callback);
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('code_challenge')).not.toContain('v'.repeat(43));
  });

  it.each([
    ['an answer of a megabyte and more', () => new Response('x'.repeat(1024 * 1024 + 1))],
    ['a way elsewhere, which would take the token along', () => Response.redirect('https://evil.example')],
    ['nobody', () => Response.json({ message: TOKEN }, { status: 401 })],
    ['a login without an id', () => Response.json({ login: 'hanako' })],
    ['an id in words', () => Response.json({ id: '1001' })],
  ])('with %s signs nobody in, and no secret reaches the log', async (_, user) => {
    const { subject, faults } = gitHub('https://github.com', user);
    expect(await subject()).toMatchObject({
      ok: false,
      error: { reasons: [{ rule: 'sign-in.provider-failed' }] },
    });
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toMatch(/canary/);
  });
});
