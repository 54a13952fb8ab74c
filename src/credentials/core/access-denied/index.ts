export { DENIERS, type DeniedCall, type Denier, deniedCallsOf } from './denied-call.ts';
export { type Diagnosis, diagnose, SESSION_VERDICTS, sessionVerdict } from './diagnosis.ts';
export { diagnosticReader } from './diagnostics.ts';
