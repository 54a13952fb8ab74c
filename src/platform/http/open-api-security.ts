/** How requests say who makes them, in the words of OpenAPI. */
export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'What `POST /v1/sessions` answered; of CI jobs an OIDC token, and where a grant is asked about, its secret.',
  },
  browser: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-sekisho',
    description:
      'Given by the sign-in routes (`sekisho` on http://localhost), and given anew as it is used. What is not GET or HEAD also needs `Origin` to be that of the server, and a body in JSON. Not looked at beside `Authorization`.',
  },
} as const;

/** For `security` of a route that jobs alone ask. */
export const JOBS: { bearer: string[] }[] = [{ bearer: [] }];

/** For `security` of a route that people ask, from a command line or at a browser. */
export const PEOPLE: ({ bearer: string[] } | { browser: string[] })[] = [{ bearer: [] }, { browser: [] }];
