export { type JobHandler, type Jobs, type JobsOptions, startJobs } from './jobs.ts';
