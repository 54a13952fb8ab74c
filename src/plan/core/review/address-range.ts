/**
 * Who can reach an address range. An entry of 0.0.0.0/0 is easily written as 0.0.0.0/1 and 128.0.0.0/1, so ranges are
 * added up instead of being compared with one spelling.
 */
interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** From this part of the Internet on, a rule is open to the world. Private space (10/8 and the like) is a 200th. */
const WORLD_SHARE = 1 / 16;
const IPV4_SIZE = 2n ** 32n;
/** Global unicast, 2000::/3 (RFC 4291 and IANA): all of the IPv6 Internet there is. */
const GLOBAL_IPV6: Range = { family: 6, first: 2n ** 125n, last: 2n ** 126n - 1n };

/** Do these CIDR blocks together cover a good part of the IPv4 or IPv6 Internet? `unreadable` where one is no CIDR block. */
export function opennessOf(cidrs: readonly string[]): 'world' | 'narrow' | 'unreadable' {
  const ranges = cidrs.map(parseRange);
  const readable = ranges.filter((range) => range !== undefined);
  const ipv4 = Number(covered(readable.filter((range) => range.family === 4))) / Number(IPV4_SIZE);
  const ipv6 =
    Number(covered(readable.filter((range) => range.family === 6).flatMap(withinGlobal))) /
    Number(GLOBAL_IPV6.last - GLOBAL_IPV6.first);
  if (ipv4 >= WORLD_SHARE || ipv6 >= WORLD_SHARE) return 'world';
  return readable.length === ranges.length ? 'narrow' : 'unreadable';
}

function withinGlobal(range: Range): Range[] {
  const first = range.first > GLOBAL_IPV6.first ? range.first : GLOBAL_IPV6.first;
  const last = range.last < GLOBAL_IPV6.last ? range.last : GLOBAL_IPV6.last;
  return first <= last ? [{ family: 6, first, last }] : [];
}

/** How many addresses the union of ranges of one family holds. */
function covered(ranges: readonly Range[]): bigint {
  let count = 0n;
  let next = 0n;
  for (const range of ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const first = range.first > next ? range.first : next;
    if (range.last >= first) {
      count += range.last - first + 1n;
      next = range.last + 1n;
    }
  }
  return count;
}

export function parseRange(cidr: string): Range | undefined {
  const [address = '', length, ...rest] = cidr.trim().split('/');
  if (rest.length > 0) return undefined;
  const family = address.includes(':') ? 6 : 4;
  const bits = family === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  const value = family === 4 ? parseIpv4(address) : parseIpv6(address);
  if (value === undefined || prefix < 0 || prefix > bits) return undefined;
  const size = 2n ** BigInt(bits - prefix);
  const first = (value / size) * size;
  return { family, first, last: first + size - 1n };
}

function parseIpv4(words: string): bigint | undefined {
  const parts = words.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIpv6(words: string): bigint | undefined {
  const lastColon = words.lastIndexOf(':');
  const ipv4 = words.includes('.') ? parseIpv4(words.slice(lastColon + 1)) : undefined;
  if (words.includes('.') && ipv4 === undefined) return undefined;
  const hex =
    ipv4 === undefined
      ? words
      : `${words.slice(0, lastColon + 1)}${(ipv4 >> 16n).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`;
  const halves = hex.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}
