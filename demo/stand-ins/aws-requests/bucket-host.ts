/**
 * The bucket in a virtual-hosted address (`photos.s3.ap-northeast-1.amazonaws.com`, `photos.localhost:5000`), or
 * undefined where the bucket is in the path.
 */
export function bucketInHost(host: string): string | undefined {
  const name = host.replace(/:[0-9]+$/, '').toLowerCase();
  return (
    /^(.+)\.s3(?:[.-](?:dualstack\.|fips\.)?[a-z0-9-]+)?\.amazonaws\.com$/.exec(name)?.[1] ??
    /^(.+)\.localhost$/.exec(name)?.[1]
  );
}
