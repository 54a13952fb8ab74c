import { describe, expect, it } from 'vitest';
import { readCbor } from '../aws-requests/cbor.ts';
import { PROTOCOLS, readXml } from '../aws-requests/index.ts';
import { refusalIn } from './refusals.ts';

const DENIED = {
  code: 'AccessDenied',
  message: 'User: arn:aws:sts::1:a/b is not authorized to perform: s3:PutObject <&>',
};
const inForm = (protocol: (typeof PROTOCOLS)[number], service?: string, method = 'POST') => {
  const { status, headers, body } = refusalIn(
    { protocol, method, ...(service !== undefined && { service }) },
    DENIED,
  );
  return { status, headers, text: Buffer.from(body).toString('utf8'), body };
};

describe('a refusal', () => {
  it.each([
    ['iam', 'https://iam.amazonaws.com/doc/2010-05-08/'],
    ['sts', 'https://sts.amazonaws.com/doc/2011-06-15/'],
  ])('of the query protocol is an ErrorResponse: %s', (service, namespace) => {
    const { status, text } = inForm('query', service);
    expect(status).toBe(403);
    expect(text).toContain(`<ErrorResponse xmlns="${namespace}">`);
    expect(readXml(text)).toMatchObject({
      root: 'ErrorResponse',
      value: { Error: { Type: 'Sender', Code: 'AccessDenied', Message: DENIED.message } },
    });
  });

  it('of EC2 is UnauthorizedOperation in a Response', () => {
    const { status, text } = inForm('ec2-query', 'ec2');
    expect(status).toBe(403);
    expect(readXml(text)).toMatchObject({
      root: 'Response',
      value: {
        Errors: {
          Error: {
            Code: 'UnauthorizedOperation',
            Message: `You are not authorized to perform this operation. ${DENIED.message}`,
          },
        },
      },
    });
  });

  it('of S3 is an Error, and of a HEAD only its status', () => {
    expect(readXml(inForm('rest-xml', 's3').text)).toMatchObject({
      root: 'Error',
      value: { Code: 'AccessDenied', Message: DENIED.message },
    });
    expect(inForm('rest-xml', 's3', 'HEAD')).toMatchObject({ status: 403, text: '' });
  });

  it.each(['route53', 'cloudfront'])('of the other XML services is an ErrorResponse: %s', (service) => {
    expect(readXml(inForm('rest-xml', service).text)).toMatchObject({
      root: 'ErrorResponse',
      value: { Error: { Code: 'AccessDenied' } },
    });
  });

  it('of REST-JSON names its type in a header', () => {
    const { status, headers, text } = inForm('rest-json', 'lambda');
    expect(status).toBe(403);
    expect(headers).toMatchObject({
      'x-amzn-errortype': 'AccessDeniedException',
      'content-type': 'application/json',
    });
    expect(JSON.parse(text)).toMatchObject({ Message: DENIED.message });
  });

  it.each([
    ['json-1.0', 'application/x-amz-json-1.0'],
    ['json-1.1', 'application/x-amz-json-1.1'],
  ] as const)('of %s names its type in the body', (protocol, type) => {
    const { status, headers, text } = inForm(protocol, 'dynamodb');
    expect(status).toBe(400);
    expect(headers).toMatchObject({ 'content-type': type, 'x-amzn-errortype': 'AccessDeniedException' });
    expect(JSON.parse(text)).toMatchObject({ __type: 'AccessDeniedException', message: DENIED.message });
  });

  it('of CBOR is a map', () => {
    const { headers, body } = inForm('rpc-v2-cbor', 'cloudwatch');
    expect(headers).toMatchObject({ 'smithy-protocol': 'rpc-v2-cbor' });
    expect(readCbor(body)).toEqual({ __type: 'AccessDeniedException', message: DENIED.message });
  });

  it('is there for every protocol', () => {
    for (const protocol of PROTOCOLS) expect(inForm(protocol).status).toBeGreaterThanOrEqual(400);
  });
});
