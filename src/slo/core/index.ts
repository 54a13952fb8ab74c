export * from './alerts/alert-tables.ts';
export * from './alerts/burn-alert.ts';
export * from './alerts/firing.ts';
export { type Backtest, backtestAnswer, ENOUGH_INCIDENTS } from './backtest/answer.ts';
export type { Candidate, Judgement } from './backtest/candidate.ts';
export type { Detection, Evaluation } from './backtest/evaluation.ts';
export { type Incident as PastIncident, TOLERANCE, type Tolerance } from './backtest/incident.ts';
export { type Laboratory, laboratory } from './backtest/laboratory.ts';
export type { Observations, Observed, Subject } from './backtest/observations.ts';
export { packObservations, unpackObservations } from './backtest/packed.ts';
export { backtestPicture } from './backtest/picture.ts';
export { type Judged, type Ranked, ranked } from './backtest/ranking.ts';
export { backtestTable } from './backtest/table.ts';
export * from './budget/budget.ts';
export * from './budget/corrections.ts';
export * from './budget/counts.ts';
export * from './budget/downtime.ts';
export * from './budget/freshness.ts';
export * from './budget/time-slices.ts';
export * from './burn/burn-rate.ts';
export * from './confidence/intervals.ts';
export * from './confidence/proof.ts';
export type { Imported } from './definitions/carried.ts';
export * from './definitions/documents.ts';
export { parseShorthand } from './definitions/durations.ts';
export { isName as isDefinitionName } from './definitions/fields.ts';
export { importDocuments } from './definitions/import.ts';
export type { Indicator, Monitor, RequestIndicator } from './definitions/indicators.ts';
export * from './definitions/resolve.ts';
export { separated } from './definitions/separate.ts';
export type { AlertPolicy } from './definitions/slo-alerts.ts';
export { writeDefinition, writeYaml } from './definitions/write.ts';
export * from './logs/batch.ts';
export { type ByteTable, byteTable } from './logs/byte-table.ts';
export type { DetectedFormat, ToldField } from './logs/detection.ts';
export type { FieldKind, FieldNames, TimeIs } from './logs/fields.ts';
export { KNOWN_FORMATS, type LogFormat } from './logs/formats.ts';
export * from './logs/lines.ts';
export { type NamedTexts, parseLogFormat } from './logs/log-format.ts';
export { LINE_FAULTS, type LineFault } from './logs/parser.ts';
export * from './objective/fraction.ts';
export * from './objective/ppm.ts';
export * from './objective/time-window.ts';
export { prometheusSlos } from './prometheus-rules/of-definitions.ts';
export * from './prometheus-rules/prometheus-slo.ts';
export * from './prometheus-rules/rules.ts';
export { patternProblem } from './routes/named-patterns.ts';
export * from './routes/proposals.ts';
export * from './routes/route-table.ts';
export * from './screens/blame.ts';
export type { CauseKind } from './screens/cause.ts';
export * from './screens/confidence.ts';
export type { ViewTimes } from './screens/correlation.ts';
export type { ViewWay } from './screens/open-views.ts';
export {
  type CompiledScreen,
  compileScreens,
  type Screen,
  type ScreenRequest,
  type StatusRange,
} from './screens/screen.ts';
export * from './screens/screen-views.ts';
export type { ScreenCause, ScreenMinute } from './screens/view-counts.ts';
export * from './series/latency-sketch.ts';
export * from './series/request-counts.ts';
export * from './status/status.ts';
export type { Suggestion } from './suggest/suggestion.ts';
export { summaryOf } from './suggest/summary.ts';
export { writeSuggestion } from './suggest/write-suggestion.ts';
