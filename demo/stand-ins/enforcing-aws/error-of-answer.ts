import type { IncomingHttpHeaders } from 'node:http';

/** AWS's code and words in an answer of moto that is an error, in whichever protocol; the status where nothing else is said. */
export function errorOfAnswer(
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): { readonly code: string; readonly message: string } {
  const inHeader = headers['x-amzn-errortype'];
  const code =
    /<Code>([^<]+)<\/Code>/.exec(body)?.[1] ??
    /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(body)?.[1] ??
    (typeof inHeader === 'string' ? inHeader.split(':')[0] : undefined);
  const message =
    /<Message>([^<]*)<\/Message>/.exec(body)?.[1] ?? /"[Mm]essage"\s*:\s*"([^"]*)"/.exec(body)?.[1];
  return { code: code ?? String(status), message: message ?? '' };
}
