/** A line of the shop's access log: JSON as nginx writes it with `escape=json`. */
export interface AccessLine {
  /** When the request came. */
  readonly beganMs: number;
  readonly durationMs: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly client: string;
  readonly userAgent: string;
  readonly referer?: string | undefined;
  readonly view?: string | undefined;
  readonly customer?: string | undefined;
}

export const jsonLine = (line: AccessLine): string =>
  JSON.stringify({
    time: new Date(line.beganMs + line.durationMs).toISOString(),
    remote_addr: line.client,
    request_method: line.method,
    request_uri: line.target,
    status: line.status,
    request_time: line.durationMs / 1000,
    http_referer: line.referer ?? '-',
    http_user_agent: line.userAgent,
    ...(line.view === undefined ? {} : { view: line.view }),
    ...(line.customer === undefined ? {} : { customer: line.customer }),
  });
