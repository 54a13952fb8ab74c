export * from './model.ts';
export { serviceModels } from './operations.ts';
export { type Permission, type PermissionLookup, permissionsOf } from './permissions/permissions.ts';
export { readAwsRequest, streamsBody } from './read-request.ts';
export { escapeXml, readXml } from './xml.ts';
