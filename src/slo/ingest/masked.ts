const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi;
const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
/** Of a query, only what is asked for stays: tokens and names of people stand in its values. */
const QUERY_VALUE = /([?&][^=&\s"]{1,100}=)[^&\s"]+/g;
/** A clock (10:03:59) looks like the begin of an address of IPv6. */
const CLOCK = /^\d{1,2}:\d{2}:\d{2}$|^:?\d{4}(?::\d{2}){2,3}$/;

/** A line of a log that people may look at to find out what is wrong with it: without addresses of machines and people. */
export const masked = (line: string): string =>
  line
    .replaceAll(MAIL, '(mail)')
    .replaceAll(QUERY_VALUE, '$1…')
    .replaceAll(ADDRESS, (found) => (CLOCK.test(found) ? found : '(address)'));
