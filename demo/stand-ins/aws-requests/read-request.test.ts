import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCbor } from './cbor.ts';
import { serviceModels } from './operations.ts';
import { readQueryParameters } from './query-parameters.ts';
import { readAwsRequest, streamsBody } from './read-request.ts';
import { readRecorded } from './recorded-request.ts';
import { escapeXml, readXml } from './xml.ts';

const CASES = join(import.meta.dirname, 'cases');
const SIGNED = (signingName: string) => ({
  host: '127.0.0.1:5000',
  authorization: `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/ap-northeast-1/${signingName}/aws4_request, SignedHeaders=host, Signature=0`,
});

describe('a request to AWS', () => {
  it.each(readdirSync(CASES))('is told as recorded: %s', (name) => {
    const read = readAwsRequest(readRecorded(join(CASES, name, 'request.http')));
    const expected: unknown = JSON.parse(readFileSync(join(CASES, name, 'expected.json'), 'utf8'));
    expect(read.ok ? read.value : { refused: read.error }).toEqual(expected);
  });

  it('is told whichever operation of a REST service it is', () => {
    for (const service of serviceModels().values()) {
      for (const operation of service.rest) {
        const path = operation.segments
          .map((segment) => `/${segment.kind === 'fixed' ? segment.words : 'x'}`)
          .join('');
        const query = [
          ...operation.literals,
          ...operation.query.filter(({ isRequired }) => isRequired).map(({ name }) => [name, 'x']),
        ]
          .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
          .join('&');
        const required = operation.headers.filter(({ isRequired }) => isRequired);
        const read = readAwsRequest({
          method: operation.method,
          target: `${path === '' ? '/' : path}${query === '' ? '' : `?${query}`}`,
          headers: {
            ...Object.fromEntries(required.map(({ name }) => [name, 'x'])),
            ...SIGNED(service.signingName),
          },
        });
        expect(read.ok ? `${read.value.service} ${read.value.operation}` : read.error.message).toBe(
          `${service.name} ${operation.name}`,
        );
      }
    }
  });

  it('streams an object past, and nothing else', () => {
    const asks = (method: string, target: string, signingName = 's3') =>
      streamsBody({ method, target, headers: SIGNED(signingName) });
    expect(asks('PUT', '/photos/a?x-id=PutObject')).toBe(true);
    expect(asks('PUT', '/photos/a?partNumber=1&uploadId=u')).toBe(true);
    expect(asks('PUT', '/photos/a?acl')).toBe(false);
    expect(asks('PUT', '/photos')).toBe(false);
    expect(asks('POST', '/', 'iam')).toBe(false);
  });

  it('is never told where CBOR is cut off or goes on', () => {
    // {"AlarmName": "errors", "Period": 60, "Dimensions": [_ {"Name": "a"}], "Threshold": 1.5}
    const hex =
      'a469416c61726d4e616d65666572726f727366506572696f64183c6a44696d656e73696f6e739fa1644e616d656161ff695468726573686f6c64fb3ff8000000000000';
    const bytes = Buffer.from(hex, 'hex');
    const read = {
      AlarmName: 'errors',
      Period: 60,
      Dimensions: [{ Name: 'a' }],
      Threshold: 1.5,
    };
    expect(readCbor(bytes)).toEqual(read);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(readCbor(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(readCbor(Buffer.concat([bytes, bytes]))).toBeUndefined();
    expect(
      readAwsRequest({
        method: 'POST',
        target: '/service/GraniteServiceVersion20100801/operation/PutMetricAlarm',
        headers: SIGNED('monitoring'),
        body: bytes,
      }),
    ).toMatchObject({
      ok: true,
      value: { operation: 'PutMetricAlarm', protocol: 'rpc-v2-cbor', parameters: read },
    });
  });

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT'),
        fc.string(),
        fc.constantFrom('s3', 'iam', 'ec2', 'lambda', 'monitoring', 'sqs', 'route53'),
        fc.uint8Array(),
        fc.option(fc.string(), { nil: undefined }),
        (method, path, signingName, body, target) => {
          readAwsRequest({
            method,
            target: `/${path}`,
            headers: { ...SIGNED(signingName), 'x-amz-target': target },
            body,
          });
        },
      ),
    );
  });
});

describe('parameters', () => {
  it('of the query protocols are read whatever a list calls its members', () => {
    expect(
      readQueryParameters([
        ['Tags.member.1.Key', 'a'],
        ['SecurityGroups.SecurityGroup.2', 'y'],
        ['SecurityGroups.SecurityGroup.1', 'x'],
        ['Filter.10.Value.1', 'late'],
        ['Filter.9.Value.1', 'early'],
        ['Name', 'n'],
      ]),
    ).toEqual({
      Tags: [{ Key: 'a' }],
      SecurityGroups: ['x', 'y'],
      Filter: [['early'], ['late']],
      Name: 'n',
    });
  });

  it('that mean two things are refused', () => {
    expect(
      readQueryParameters([
        ['A', '1'],
        ['A.B', '2'],
      ]),
    ).toBeUndefined();
    expect(
      readQueryParameters([
        ['A.B', '1'],
        ['A', '2'],
      ]),
    ).toBeUndefined();
  });

  it('in XML are read as they were written', () => {
    fc.assert(
      fc.property(fc.string(), (words) => {
        const read = readXml(`<A><B>${escapeXml(words)}</B></A>`);
        expect(read).toEqual({ root: 'A', value: { B: words } });
      }),
    );
  });

  it.each([
    '<!DOCTYPE a [<!ENTITY x "y">]><A/>',
    '<A><![CDATA[x]]></A>',
    '<A>text<B/></A>',
    '<A><B></A></B>',
    '<A/><A/>',
    '<A>',
    '',
    '<A><!-- x --></A>',
  ])('in XML of another kind are refused: %s', (source) => {
    expect(readXml(source)).toBeUndefined();
  });
});
