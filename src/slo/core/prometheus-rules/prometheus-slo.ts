import type { BurnAlert, Severity } from '../alerts/burn-alert.ts';
import type { Ppm } from '../objective/ppm.ts';

export type Labels = Readonly<Record<string, string>>;

/** An SLO for teams that let Prometheus alert. */
export interface PrometheusSlo {
  readonly service: string;
  readonly name: string;
  readonly targetPpm: Ppm;
  readonly periodMinutes: number;
  readonly sli: PrometheusSli;
  readonly labels: Labels;
  /** Their windows are recorded; which of them notify, and how, say `page` and `ticket`. */
  readonly burnAlerts: readonly BurnAlert[];
  readonly notify: Readonly<Partial<Record<Severity, Notification>>>;
}

/** PromQL with `{{.window}}` where the range belongs, as Sloth writes it. */
export type PrometheusSli =
  | { readonly kind: 'events'; readonly bad: string; readonly total: string }
  | { readonly kind: 'ratio'; readonly badRatio: string };

export interface Notification {
  readonly alertName: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Labels;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** A file of Prometheus rules, to be written as YAML or JSON. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
