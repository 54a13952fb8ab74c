export * from './model.ts';
export { serviceModel, serviceModels } from './operations.ts';
export { ownAction } from './permissions/actions.ts';
export { type Permission, type PermissionLookup, permissionsOf } from './permissions/permissions.ts';
export { readAwsRequest, streamsBody } from './read-request.ts';
export { escapeXml, readXml } from './xml.ts';
