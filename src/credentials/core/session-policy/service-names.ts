/**
 * How conditions name services (`lambda`, `s3.ap-northeast-1`): in China some end in the partition's own suffix and some do not, and no page of
 * AWS's says which (https://github.com/mapbox/cloudfriend/pull/57, read on 2026-11-23). Both are AWS's alone, so there both are named.
 */
export const serviceNames = (services: readonly string[], partition: string): readonly string[] =>
  services.flatMap((service) =>
    partition === 'aws-cn'
      ? [`${service}.amazonaws.com`, `${service}.amazonaws.com.cn`]
      : [`${service}.amazonaws.com`],
  );
