export { type ExtraNeed, type ExtraNeedFacts, extraNeedFault } from './extra-need.ts';
