import { isJsonList, type JsonTree } from '../file/json-text.ts';
import type {
  CodeOnRunner,
  ConfigurationSnapshot,
  ModuleSource,
  ProviderBlock,
  Provisioner,
} from '../model.ts';
import { asList, asMap, asText } from './json-values.ts';

interface JsonModule {
  readonly key: string;
  readonly body: ReadonlyMap<string, JsonTree>;
}

const PLACE = { file: 'configuration' };

/** What the `configuration` of `terraform show -json` says; less than the files do. */
export function jsonConfiguration(configuration: JsonTree | undefined): ConfigurationSnapshot {
  const root = asMap(asMap(configuration).get('root_module'));
  const modules = modulesBelow({ key: '', body: root });
  const providers = [...asMap(asMap(configuration).get('provider_config')).values()].map(asMap);
  return {
    modules: [{ key: '', source: '' }, ...modules.flatMap(moduleCalls)],
    provisioners: modules.flatMap(provisionersOf),
    externalData: modules.flatMap(externalDataOf),
    providers: providers.map(providerBlock),
    requiredProviders: providers.map((provider) => {
      const version = asText(provider.get('version_constraint'));
      return {
        name: asText(provider.get('name')) ?? '',
        source: asText(provider.get('full_name')) ?? '',
        ...(version !== undefined && { version }),
      };
    }),
    sensitiveNames: ['variables', 'outputs'].flatMap((kind) =>
      [...asMap(root.get(kind))].flatMap(([name, body]) =>
        asMap(body).get('sensitive') === true ? [name] : [],
      ),
    ),
  };
}

function modulesBelow(module: JsonModule): readonly JsonModule[] {
  const calls = [...asMap(module.body.get('module_calls'))];
  return [
    module,
    ...calls.flatMap(([name, call]) => {
      const key = module.key === '' ? name : `${module.key}.${name}`;
      return modulesBelow({ key, body: asMap(asMap(call).get('module')) });
    }),
  ];
}

function moduleCalls(module: JsonModule): readonly ModuleSource[] {
  return [...asMap(module.body.get('module_calls'))].map(([name, call]) => {
    const version = asText(asMap(call).get('version_constraint'));
    return {
      key: module.key === '' ? name : `${module.key}.${name}`,
      source: asText(asMap(call).get('source')) ?? '',
      ...(version !== undefined && { version }),
    };
  });
}

function provisionersOf(module: JsonModule): readonly Provisioner[] {
  return asList(module.body.get('resources'))
    .map(asMap)
    .flatMap((resource) =>
      asList(resource.get('provisioners')).map(
        (provisioner): Provisioner => ({
          module: module.key,
          resource: asText(resource.get('address')) ?? '',
          type: asText(asMap(provisioner).get('type')) ?? '',
          // The JSON does not say when a provisioner runs.
          when: 'create',
          place: PLACE,
        }),
      ),
    );
}

function externalDataOf(module: JsonModule): readonly CodeOnRunner[] {
  return asList(module.body.get('resources'))
    .map(asMap)
    .filter((resource) => resource.get('mode') === 'data' && resource.get('type') === 'external')
    .map((resource) => ({
      module: module.key,
      address: asText(resource.get('address')) ?? '',
      place: PLACE,
    }));
}

function providerBlock(provider: ReadonlyMap<string, JsonTree>): ProviderBlock {
  const expressions = asMap(provider.get('expressions'));
  const constant = (tree: JsonTree | undefined): JsonTree | undefined => asMap(tree).get('constant_value');
  const alias = asText(provider.get('alias'));
  const region = asText(constant(expressions.get('region')));
  const accounts = constant(expressions.get('allowed_account_ids'));
  return {
    module: asText(provider.get('module_address')) ?? '',
    name: asText(provider.get('name')) ?? '',
    ...(alias !== undefined && { alias }),
    ...(region !== undefined && { region }),
    roleArns: asList(expressions.get('assume_role')).flatMap((role) => {
      const arn = asText(constant(asMap(role).get('role_arn')));
      return arn === undefined ? [] : [arn];
    }),
    allowedAccountIds: isJsonList(accounts) ? accounts.filter((id) => typeof id === 'string') : [],
    place: PLACE,
  };
}
