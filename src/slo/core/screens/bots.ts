/**
 * User agents of programs: those that say so (crawlers name themselves after bot, crawl, spider; robotstxt.org), libraries and command line
 * tools, monitors, and browsers without a window. Most of them are found in monperrus/crawler-user-agents (MIT).
 */
const BOT =
  /(?<!cu)bot(?![a-z])|crawl|spider|slurp|archiver|scrap|facebookexternalhit|mediapartners|bingpreview|monitor|pingdom|uptime|statuscake|healthcheck|health-check|datadog|synthetics?\b|lighthouse|pagespeed|headless|phantomjs|puppeteer|playwright|selenium|^(?:curl|wget|python|go-http-client|java|axios|node|undici|ruby|libwww|apache-httpclient|php|perl|httpie|postman|k6|vegeta|hey|ab|siege)\b|https?:\/\/|@[a-z0-9-]+\.[a-z]/i;

/** Whether a user agent names a program that no person looks at. Nothing is said of one that is not told. */
export const isBotAgent = (userAgent: string): boolean => BOT.test(userAgent);
