export { addPageRoutes, answerDeepLink } from './answer.ts';
export { type Pages, readPages } from './files.ts';
export { PERMISSIONS_POLICY } from './policy.ts';
