import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import {
  alertsOfTable,
  burnAlerts,
  type Labels,
  type Notification,
  type PrometheusSlo,
  ppmOfPercent,
} from '#slo/core';

interface SlothAlerting {
  readonly name: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly page_alert: { readonly labels: Labels };
  readonly ticket_alert: { readonly labels: Labels };
}

interface SlothExample {
  readonly example: string;
  readonly slos: readonly {
    readonly definition: {
      readonly service: string;
      readonly name: string;
      readonly labels: Labels;
      readonly objective: number;
      readonly error_query?: string;
      readonly total_query?: string;
      readonly raw_query?: string;
      readonly alerting?: SlothAlerting;
    };
    readonly generated: {
      readonly id: string;
      readonly labels: Labels;
      readonly sli5m: string;
      readonly alerts: readonly {
        readonly alert: string;
        readonly labels: Labels;
        readonly annotations: Labels;
        readonly conditions: readonly (readonly [
          short: string,
          long: string,
          factor: number,
          budget: number,
        ])[];
      }[];
    };
  }[];
}

interface SlothExamples {
  readonly examples: readonly SlothExample[];
  readonly cannotFire: { readonly objective: number };
}

/** Sloth's examples with what it generated for them. */
export const slothExamples: SlothExamples = parse(
  readFileSync(`${import.meta.dirname}/sloth-examples.yaml`, 'utf8'),
);

export const MONTH = 43_200;

export function slothBurnAlerts(objective: number) {
  const targetPpm = ppmOfPercent(objective);
  const specs = alertsOfTable('sloth', MONTH);
  if (!targetPpm.ok || !specs.ok) throw new Error('Not an objective of Sloth');
  return burnAlerts(specs.value, { targetPpm: targetPpm.value, periodMinutes: MONTH });
}

export function asPrometheusSlo({ definition }: SlothExample['slos'][number]): PrometheusSlo {
  const { service, name, labels, objective, alerting } = definition;
  const targetPpm = ppmOfPercent(objective);
  const alerts = slothBurnAlerts(objective);
  if (!targetPpm.ok || !alerts.ok) throw new Error(`${service} ${name} is refused`);
  return {
    service,
    name,
    labels,
    targetPpm: targetPpm.value,
    periodMinutes: MONTH,
    sli:
      definition.raw_query === undefined
        ? { kind: 'events', bad: definition.error_query ?? '', total: definition.total_query ?? '' }
        : { kind: 'ratio', badRatio: definition.raw_query },
    burnAlerts: alerts.value,
    notify:
      alerting === undefined
        ? {}
        : { page: notification(alerting, 'page_alert'), ticket: notification(alerting, 'ticket_alert') },
  };
}

const notification = (alerting: SlothAlerting, kind: 'page_alert' | 'ticket_alert'): Notification => ({
  alertName: alerting.name,
  labels: { ...alerting.labels, ...alerting[kind].labels },
  annotations: alerting.annotations ?? {},
});
