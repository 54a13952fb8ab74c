import { type Text, text, verbatim } from '#core-values';
import { opennessOf } from '../address-range.ts';
import { attribute, elements, isMap, numberOf, resulting, stringAt } from '../reading.ts';
import {
  milder,
  type PlannedChange,
  type PlanValue,
  type Rule,
  type RuleFinding,
  type Scene,
  UNKNOWN,
} from '../rule.ts';
import { SENSITIVE } from '../secrets.ts';

/** One way in: which ports, from where. */
interface Ingress {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** `unknown` where addresses, protocol or ports are only known after apply, or cannot be read. */
  readonly openness: 'world' | 'narrow' | 'unknown';
  readonly path: readonly (string | number)[];
}

const RULE_TYPES = new Set(['aws_security_group_rule', 'aws_vpc_security_group_ingress_rule']);
const GROUP_TYPES = new Set(['aws_security_group', 'aws_default_security_group']);
/** Ports that a public web service opens on purpose. */
const WEB_PORTS = new Set([80, 443]);

export const openNetwork: Rule = {
  id: 'open-network',
  family: 'exposure',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A port is opened to the world', 'ポートがインターネット全体に開放されます'),
  sees: text(
    'New inbound rules of security groups whose addresses cover a sixteenth of the IPv4 or IPv6 Internet or more, however they are split (0.0.0.0/0, ::/0, 0.0.0.0/1 with 128.0.0.0/1). Ports 80 and 443 alone are medium; addresses only known after apply are low, a whole unknown rule set info.',
    'セキュリティグループの新しいインバウンドルールのうち、IPv4 または IPv6 インターネットの 16 分の 1 以上を許可するもの。分割した書き方（0.0.0.0/0、::/0、0.0.0.0/1 と 128.0.0.0/1 など）も合算します。80 番と 443 番だけなら medium、適用後にしか決まらないアドレスは low、ルール全体が未確定なら info です。',
  ),
  why: text(
    'Open ports are found by scanners within minutes.',
    '開いたポートは、数分のうちにスキャナーに見つかります。',
  ),
  remedy: text(
    'Name the sources: a security group, a prefix list, the office or VPN range; reach machines by Session Manager instead of SSH.',
    '接続元を限定してください（セキュリティグループ、プレフィックスリスト、社内や VPN のアドレス範囲）。サーバーへの接続は SSH ではなく Session Manager を使ってください。',
  ),
  check: (_plan, scene) => scene.acting.flatMap((change) => openings(change, scene)),
};

function openings(change: PlannedChange, scene: Scene): RuleFinding[] {
  const object = resulting(change);
  if (object === undefined || !(RULE_TYPES.has(change.type) || GROUP_TYPES.has(change.type))) return [];
  if (GROUP_TYPES.has(change.type) && attribute(object, 'ingress') === UNKNOWN) return [unknownRules(change)];
  const before = ingressesOf(change, change.before)
    .filter((way) => way.openness === 'world')
    .map(ports);
  return ingressesOf(change, object).flatMap((way) => {
    if (way.openness === 'unknown') return [unknownAddresses(change)];
    if (way.openness === 'narrow' || before.some((known) => encloses(known, ports(way)))) return [];
    const hidden = scene.secrets.isSensitive(change, way.path);
    const shown = hidden ? verbatim(SENSITIVE) : ports(way).words;
    const isWeb = way.protocol !== '-1' && way.from === way.to && WEB_PORTS.has(way.from);
    return [
      {
        address: change.address,
        ...(isWeb ? { severity: milder(scene, 'medium', 'low') } : {}),
        message: text(
          `opens ${shown.en} to the whole Internet`,
          `${shown.ja} をインターネット全体に開放します`,
        ),
      },
    ];
  });
}

const unknownRules = (change: PlannedChange): RuleFinding => ({
  address: change.address,
  severity: 'info',
  message: text(
    'inline ingress rules are only known after apply and could not be judged',
    'インラインの ingress ルールは適用後にしか決まらないため、判定できません',
  ),
});

const unknownAddresses = (change: PlannedChange): RuleFinding => ({
  address: change.address,
  severity: 'low',
  message: text(
    'addresses or ports of an ingress rule are only known after apply, or unreadable, and could not be judged',
    'ingress ルールのアドレスまたはポートが適用後にしか決まらない、または読み取れないため、判定できません',
  ),
});

function ingressesOf(change: PlannedChange, object: PlanValue): Ingress[] {
  if (!isMap(object)) return [];
  if (change.type === 'aws_security_group_rule') {
    const type = attribute(object, 'type');
    return type === 'ingress' || type === UNKNOWN ? [ingressOf(object, [], 'protocol')] : [];
  }
  if (change.type === 'aws_vpc_security_group_ingress_rule') return [ingressOf(object, [], 'ip_protocol')];
  return elements(attribute(object, 'ingress')).map((rule, index) =>
    ingressOf(rule, ['ingress', index], 'protocol'),
  );
}

function ingressOf(rule: PlanValue, path: readonly (string | number)[], protocolName: string): Ingress {
  const parts = ['cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6'].flatMap((name) =>
    elements(attribute(rule, name)),
  );
  const protocol = attribute(rule, protocolName);
  const cidrs = parts.filter((part) => typeof part === 'string');
  const unknown = rule === UNKNOWN || protocol === UNKNOWN || cidrs.length < parts.length;
  const openness = opennessOf(cidrs);
  return {
    protocol: stringAt(rule, protocolName) ?? '-1',
    from: numberOf(attribute(rule, 'from_port')) ?? -1,
    to: numberOf(attribute(rule, 'to_port')) ?? -1,
    // an open range is open whatever else the rule will say
    openness: openness === 'world' ? 'world' : unknown || openness === 'unreadable' ? 'unknown' : 'narrow',
    path,
  };
}

interface Ports {
  readonly words: Text;
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

function ports(way: Ingress): Ports {
  const protocol = way.protocol.toLowerCase();
  if (protocol === '-1' || protocol === 'all') {
    return {
      words: text('all ports and protocols', 'すべてのポートとプロトコル'),
      protocol: '*',
      from: 0,
      to: 65535,
    };
  }
  if (way.from < 0) return { words: verbatim(protocol), protocol, from: 0, to: 65535 };
  const range = way.from === way.to ? `${way.from}` : `${way.from}-${way.to}`;
  return { words: verbatim(`${protocol}/${range}`), protocol, from: way.from, to: way.to };
}

const encloses = (outer: Ports, inner: Ports): boolean =>
  (outer.protocol === '*' || outer.protocol === inner.protocol) &&
  outer.from <= inner.from &&
  inner.to <= outer.to;
