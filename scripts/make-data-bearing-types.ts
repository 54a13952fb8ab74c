/**
 * Writes the data file of Terraform types that hold data, from what AWS's service specification calls stateful.
 * Run it after updating `@aws-cdk/aws-service-spec`: `node scripts/make-data-bearing-types.ts`.
 * It stops when the specification names a stateful type that has no Terraform types here yet.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

/** CloudFormation type → the Terraform types that manage the same thing; empty where Terraform has none. */
const TERRAFORM_TYPES: Readonly<Record<string, readonly string[]>> = {
  'AWS::Backup::BackupVault': ['aws_backup_vault', 'aws_backup_logically_air_gapped_vault'],
  'AWS::CloudFormation::Stack': ['aws_cloudformation_stack', 'aws_cloudformation_stack_set_instance'],
  'AWS::Cognito::UserPool': ['aws_cognito_user_pool'],
  'AWS::DocDB::DBCluster': ['aws_docdb_cluster', 'aws_docdbelastic_cluster'],
  'AWS::DocDB::DBInstance': ['aws_docdb_cluster_instance'],
  'AWS::DynamoDB::GlobalTable': ['aws_dynamodb_global_table', 'aws_dynamodb_table_replica'],
  'AWS::DynamoDB::Table': ['aws_dynamodb_table'],
  'AWS::EC2::Volume': ['aws_ebs_volume'],
  'AWS::EFS::FileSystem': ['aws_efs_file_system'],
  'AWS::EMR::Cluster': ['aws_emr_cluster'],
  'AWS::ElastiCache::CacheCluster': ['aws_elasticache_cluster'],
  'AWS::ElastiCache::ReplicationGroup': [
    'aws_elasticache_replication_group',
    'aws_elasticache_global_replication_group',
  ],
  'AWS::Elasticsearch::Domain': ['aws_elasticsearch_domain'],
  'AWS::FSx::FileSystem': [
    'aws_fsx_lustre_file_system',
    'aws_fsx_ontap_file_system',
    'aws_fsx_openzfs_file_system',
    'aws_fsx_windows_file_system',
  ],
  'AWS::KMS::Key': [
    'aws_kms_key',
    'aws_kms_external_key',
    'aws_kms_replica_key',
    'aws_kms_replica_external_key',
  ],
  'AWS::Kinesis::Stream': ['aws_kinesis_stream'],
  'AWS::Logs::LogGroup': ['aws_cloudwatch_log_group'],
  'AWS::Neptune::DBCluster': ['aws_neptune_cluster', 'aws_neptune_global_cluster'],
  'AWS::Neptune::DBInstance': ['aws_neptune_cluster_instance'],
  'AWS::OpenSearchService::Domain': ['aws_opensearch_domain'],
  'AWS::Organizations::Account': ['aws_organizations_account'],
  'AWS::QLDB::Ledger': ['aws_qldb_ledger'],
  'AWS::RDS::DBCluster': ['aws_rds_cluster', 'aws_rds_global_cluster'],
  'AWS::RDS::DBInstance': ['aws_db_instance', 'aws_rds_cluster_instance'],
  'AWS::Redshift::Cluster': ['aws_redshift_cluster'],
  'AWS::S3::Bucket': ['aws_s3_bucket'],
  'AWS::SDB::Domain': ['aws_simpledb_domain'],
  'AWS::SQS::Queue': ['aws_sqs_queue'],
  'AWS::SecretsManager::Secret': ['aws_secretsmanager_secret'],
};

const specPackage: { version: string } = JSON.parse(
  readFileSync(new URL('../node_modules/@aws-cdk/aws-service-spec/package.json', import.meta.url), 'utf8'),
);
const stateful = loadAwsServiceSpecSync()
  .all('resource')
  .filter((resource) => resource.isStateful)
  .map((resource) => resource.cloudFormationType)
  .sort();

const unmapped = stateful.filter((type) => TERRAFORM_TYPES[type] === undefined);
if (unmapped.length > 0) {
  console.error(`Give the Terraform types of these stateful CloudFormation types: ${unmapped.join(', ')}`);
  process.exit(1);
}

const types = stateful
  .flatMap((cloudFormationType) =>
    (TERRAFORM_TYPES[cloudFormationType] ?? []).map((type) => ({ type, cloudFormationType })),
  )
  .sort((a, b) => (a.type < b.type ? -1 : 1));
const file = {
  source: `@aws-cdk/aws-service-spec ${specPackage.version}, resources with isStateful; written by scripts/make-data-bearing-types.ts`,
  date: new Date().toISOString().slice(0, 10),
  types,
};
const target = new URL('../src/plan/core/review/data/data-bearing-types.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(file, undefined, 2)}\n`);
console.log(`${types.length} types from ${stateful.length} stateful CloudFormation types`);
