export { type JobHandler, type Jobs, type JobsOptions, startJobs } from './jobs.ts';
export { type Loop, startLoop } from './loop.ts';
