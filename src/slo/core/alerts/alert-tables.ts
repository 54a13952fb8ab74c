import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { decimal, dividedBy, type Fraction, fraction } from '../objective/fraction.ts';
import { type AlertSpec, factorThatSpends, type Severity } from './burn-alert.ts';
import google from './google.json' with { type: 'json' };
import pyrra from './pyrra.json' with { type: 'json' };
import sloth from './sloth.json' with { type: 'json' };

/** A published table of alerts, for the periods that it was published for, or for any by scaling. */
interface AlertTable {
  readonly name: string;
  readonly periodsMinutes?: readonly number[];
  readonly scaledFromMinutes?: number;
  readonly alerts: readonly AlertRow[];
}

interface AlertRow {
  readonly severity: string;
  /** Either the share of the period's budget that the long window spends, or the burn rate. */
  readonly spentPercent?: string;
  readonly factor?: string;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  readonly forMinutes: number;
}

const TABLES = { google, sloth, pyrra } as const satisfies Record<string, AlertTable>;

export type AlertTableName = keyof typeof TABLES;

export const ALERT_TABLE_NAMES: readonly AlertTableName[] = ['google', 'sloth', 'pyrra'];

/** The alerts of a published table for an objective's period. Google's and Sloth's hold for their periods only. */
export function alertsOfTable(
  name: AlertTableName,
  periodMinutes: number,
): Result<readonly AlertSpec[], Problem> {
  const table: AlertTable = TABLES[name];
  if (table.scaledFromMinutes === undefined && !table.periodsMinutes?.includes(periodMinutes)) {
    return err(otherPeriod(table, periodMinutes));
  }
  return ok(table.alerts.map((row) => specOf(row, table, periodMinutes)));
}

function specOf(row: AlertRow, table: AlertTable, periodMinutes: number): AlertSpec {
  const scaled = (minutes: number) =>
    table.scaledFromMinutes === undefined
      ? minutes
      : rounded(fraction(minutes * periodMinutes, table.scaledFromMinutes));
  const longMinutes = scaled(row.longMinutes);
  const factor =
    row.factor === undefined
      ? factorThatSpends(
          dividedBy(exactly(row.spentPercent ?? ''), fraction(100)),
          periodMinutes,
          longMinutes,
        )
      : exactly(row.factor);
  const severity: Severity = row.severity === 'page' ? 'page' : 'ticket';
  return {
    severity,
    factor,
    longMinutes,
    shortMinutes: scaled(row.shortMinutes),
    forMinutes: scaled(row.forMinutes),
  };
}

/** Halves up, as Go's `Duration.Round`. */
const rounded = ({ numerator, denominator }: Fraction): number =>
  Number((2n * numerator + denominator) / (2n * denominator));

function exactly(words: string): Fraction {
  const value = decimal(words);
  if (value === undefined) throw new Error(`A table of alerts holds ${JSON.stringify(words)}`);
  return value;
}

function otherPeriod({ name, periodsMinutes = [] }: AlertTable, periodMinutes: number): Problem {
  const days = periodsMinutes.map((minutes) => minutes / 1440).join(', ');
  const found = Number((periodMinutes / 1440).toFixed(3));
  return problem('bad-input', {
    rule: 'alert.no-table',
    message: text(
      `The alerts of ${name} are published for ${days} days, not for ${found}.`,
      `${name} のアラート表は ${days} 日向けに公開されたもので、${found} 日には使えません。`,
    ),
    remedy: text(
      'Use pyrra, which scales its windows, or write windows and factors of your own.',
      '時間枠を期間に合わせて伸縮する pyrra を使うか、枠と係数を自分で指定してください。',
    ),
  });
}
