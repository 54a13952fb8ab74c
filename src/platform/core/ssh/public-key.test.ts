import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../bytes.ts';
import { parseSshKeyBlob, parseSshKeyLine } from './public-key.ts';
import { sshString } from './wire.ts';

describe('an OpenSSH public key', () => {
  const good =
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOcYR6cm3kiYWmNZ8bMNz/ffL26mWn72ClXAO8a+VVn alice@example';
  const blob = good.split(' ')[1];

  it('is read with type, blob and comment, with or without the end of the line', () => {
    for (const line of [good, `${good}\n`]) {
      expect(parseSshKeyLine(line)).toEqual({
        ok: true,
        value: { type: 'ssh-ed25519', blob, comment: 'alice@example' },
      });
    }
  });

  it.each([
    ['damaged', good.replace('ssh-ed25519 ', 'ssh-rsa ')],
    ['damaged', good.replace('+VVn', '+VV')],
    ['damaged', good.replace('AAAAC3', 'AAAAD3')],
    ['damaged', `ssh-ed25519 ${'A'.repeat(20_000)}`],
    ['type-refused', good.replace('ssh-ed25519 ', 'ssh-ed25519-cert-v01@openssh.com ')],
    ['type-refused', 'ssh-dss AAAAB3NzaC1kc3M= old'],
    ['not-a-key', `command="x" ${good}`],
    ['not-a-key', `restrict ${good}`],
    ['not-a-key', `${good}\n${good}`],
    ['not-a-key', 'constructor AAAA'],
    ['not-a-key', ''],
    ['private-key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ])('is refused as %s: %s', (fault, line) => {
    expect(parseSshKeyLine(line)).toEqual({ ok: false, error: fault });
  });

  it('has one text only: the same bytes in other base64 are refused, so that no key counts as two', () => {
    const touched =
      'AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIBVXdzcaue3ZMBa/th3iyzAEnp8kvWGojo3tLkbM5XOtAAAABHNzaDo=';
    const line = `sk-ssh-ed25519@openssh.com ${touched}`;
    expect(parseSshKeyLine(line)).toMatchObject({ value: { blob: touched } });
    expect(parseSshKeyLine(line.replace('Do=', 'Dp='))).toEqual({ ok: false, error: 'damaged' });
  });

  it('never throws, whatever the line', () => {
    const types = fc.constantFrom(
      'ssh-ed25519',
      'ssh-rsa',
      'ecdsa-sha2-nistp256',
      'sk-ssh-ed25519@openssh.com',
    );
    fc.assert(
      fc.property(types, fc.base64String(), (type, base64) => {
        expect(() => parseSshKeyLine(`${type} ${base64}`)).not.toThrow();
      }),
    );
  });
});

describe('an RSA key', () => {
  const modulus = (bits: number, last = 1): Uint8Array => {
    const bytes = new Uint8Array(bits / 8).fill(0xff);
    bytes[bytes.length - 1] = last;
    return concatBytes(Uint8Array.of(0), bytes);
  };
  const fault = (exponent: Uint8Array, n: Uint8Array) => {
    const key = parseSshKeyBlob(concatBytes(sshString(utf8('ssh-rsa')), sshString(exponent), sshString(n)));
    return key.ok ? key.value.kind : key.error;
  };
  const usual = Uint8Array.of(1, 0, 1);

  it('is held to 3072 bits at least and 16384 at most', () => {
    expect(fault(usual, modulus(3072))).toBe('rsa');
    expect(fault(usual, modulus(3064))).toBe('rsa-too-short');
    expect(fault(usual, modulus(16_384))).toBe('rsa');
    expect(fault(usual, modulus(16_392))).toBe('rsa-too-long');
  });

  it('is refused with an exponent that invites forgeries, and with an even number', () => {
    expect(fault(Uint8Array.of(1), modulus(3072))).toBe('rsa-exponent');
    expect(fault(Uint8Array.of(3), modulus(3072))).toBe('rsa-exponent');
    expect(fault(Uint8Array.of(1, 0, 2), modulus(3072))).toBe('rsa-exponent');
    expect(fault(new Uint8Array(9).fill(1), modulus(3072))).toBe('rsa-exponent');
    expect(fault(usual, modulus(3072, 2))).toBe('damaged');
  });
});
