import { expect, test } from 'vitest';
import { apiOfHost, hostOfIssuer } from './host.ts';

test('an issuer names its host: github.com, an enterprise of it, a GitHub Enterprise Server', () => {
  expect(hostOfIssuer('https://token.actions.githubusercontent.com')).toBe('github.com');
  expect(hostOfIssuer('https://token.actions.githubusercontent.com/octo-enterprise')).toBe('github.com');
  expect(hostOfIssuer('https://github.example.com/_services/token')).toBe('github.example.com');
  expect(hostOfIssuer('https://token.actions.octo.ghe.com')).toBe('octo.ghe.com');
  expect(hostOfIssuer('http://127.0.0.1:4101/_services/token')).toBe('127.0.0.1:4101');
});

test('no other issuer names a host, however alike', () => {
  for (const issuer of [
    'https://gitlab.com',
    'https://token.actions.githubusercontent.com.evil.example',
    'http://github.example.com/_services/token',
    'https://github.example.com/x/_services/token',
    'https://token.actions.octo.ghe.com.evil.example',
    'https://token.actions.a.b.ghe.com',
    'https://user@github.example.com/_services/token',
  ])
    expect(hostOfIssuer(issuer)).toBeUndefined();
});

test('the API is at api.github.com, or below /api/v3 of an enterprise server', () => {
  expect(apiOfHost('github.com')).toBe('https://api.github.com');
  expect(apiOfHost('github.example.com')).toBe('https://github.example.com/api/v3');
  expect(apiOfHost('octo.ghe.com')).toBe('https://api.octo.ghe.com');
  expect(apiOfHost('127.0.0.1:4101')).toBe('http://127.0.0.1:4101/api/v3');
});
