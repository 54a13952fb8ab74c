import type { SensitiveSchema } from './core/sensitivity.ts';

export const sensitiveSchema = (): SensitiveSchema => ({ managed: new Map(), data: new Map() });
