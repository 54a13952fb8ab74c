import { randomUUID } from 'node:crypto';
import { escapeXml, type Protocol, serviceModels } from '../aws-requests/index.ts';

/** An error as AWS answers it. */
export interface Refusal {
  /** `AccessDenied`, `ExpiredToken` …; written as each protocol writes it. */
  readonly code: string;
  readonly message: string;
  /** Default 403. */
  readonly status?: number;
}

export interface RefusalForm {
  readonly protocol: Protocol;
  readonly service?: string;
  readonly method: string;
}

export interface HttpRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The refusal in the form in which the service answers, so that clients read it as AWS's. Source: Smithy's AWS protocols. */
export function refusalIn({ protocol, service, method }: RefusalForm, refusal: Refusal): HttpRefusal {
  const requestId = randomUUID();
  const status = refusal.status ?? 403;
  const message = escapeXml(refusal.message);
  const common = { 'x-amzn-requestid': requestId };
  const xml = (body: string): HttpRefusal => ({
    status,
    headers: { ...common, 'x-amz-request-id': requestId, 'content-type': 'text/xml' },
    // A HEAD has no body: the client sees only the status.
    body: Buffer.from(method === 'HEAD' ? '' : `<?xml version="1.0" encoding="UTF-8"?>\n${body}`),
  });
  switch (protocol) {
    case 'ec2-query': {
      const code = refusal.code === 'AccessDenied' ? 'UnauthorizedOperation' : refusal.code;
      const words =
        code === 'UnauthorizedOperation'
          ? `You are not authorized to perform this operation. ${message}`
          : message;
      return xml(
        `<Response><Errors><Error><Code>${code}</Code><Message>${words}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      );
    }
    case 'query':
      return xml(
        errorResponse(
          service === 'sns' ? snsCode(refusal.code) : refusal.code,
          message,
          requestId,
          namespaceOf(service),
        ),
      );
    case 'rest-xml':
      return service === undefined || service === 's3'
        ? xml(
            `<Error><Code>${refusal.code}</Code><Message>${message}</Message><RequestId>${requestId}</RequestId><HostId>stand-in</HostId></Error>`,
          )
        : xml(errorResponse(refusal.code, message, requestId, namespaceOf(service)));
    case 'rest-json':
    case 'json-1.0':
    case 'json-1.1':
    case 'rpc-v2-cbor':
      return inJson(protocol, refusal, status, common);
  }
}

/** Source: SNS API Reference, common errors. */
const snsCode = (code: string): string => (code === 'AccessDenied' ? 'AuthorizationError' : code);

const errorResponse = (code: string, message: string, requestId: string, namespace: string): string =>
  `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;

function namespaceOf(service: string | undefined): string {
  const model = service === undefined ? undefined : serviceModels().get(service);
  return model === undefined
    ? 'https://aws.amazon.com/'
    : `https://${model.signingName}.amazonaws.com/doc/${model.apiVersion}/`;
}

/** JSON services say `AccessDeniedException` where the others say `AccessDenied`, and most of them with status 400. */
function inJson(
  protocol: Protocol,
  { code, message }: Refusal,
  status: number,
  common: Readonly<Record<string, string>>,
): HttpRefusal {
  const type = code === 'AccessDenied' ? 'AccessDeniedException' : code;
  if (protocol === 'rest-json') {
    return {
      status,
      headers: { ...common, 'content-type': 'application/json', 'x-amzn-errortype': type },
      body: Buffer.from(JSON.stringify({ Message: message, message })),
    };
  }
  if (protocol === 'rpc-v2-cbor') {
    const headers = { ...common, 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
    return { status: 400, headers, body: cborError(type, message) };
  }
  const version = protocol === 'json-1.0' ? '1.0' : '1.1';
  return {
    status: 400,
    headers: { ...common, 'content-type': `application/x-amz-json-${version}`, 'x-amzn-errortype': type },
    body: Buffer.from(JSON.stringify({ __type: type, message, Message: message })),
  };
}

/** A map of two texts; longer texts than 65,535 bytes do not occur. */
function cborError(type: string, message: string): Uint8Array {
  const text = (words: string): Buffer => {
    const bytes = Buffer.from(words);
    return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 255]), bytes]);
  };
  return Buffer.concat([Buffer.from([0xa2]), text('__type'), text(type), text('message'), text(message)]);
}
