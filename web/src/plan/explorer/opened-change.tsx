import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useText } from '../../app/text.ts';
import { Answered } from '../../parts/states.tsx';
import { messages } from '../messages.ts';
import { Plain } from '../plain.tsx';
import { changeQuery, type OpenedChange as Opened } from '../queries.ts';
import { SeverityMark } from '../severity.tsx';
import { type AttributeDifference, byAttribute } from './difference.ts';
import styles from './opened-change.module.css';
import { Sides } from './sides.tsx';

interface OpenedProps {
  readonly id: string;
  readonly of: 'changes' | 'drift';
  readonly n: number;
  readonly beside: boolean;
}

/** What a change does, attribute by attribute. */
export function OpenedChange({ id, of, n, beside }: OpenedProps) {
  const change = useQuery(changeQuery(id, of, n));
  return (
    <div className={styles.opened}>
      <Answered query={change}>{(opened) => <Content change={opened} n={n} beside={beside} />}</Answered>
    </div>
  );
}

interface ContentProps {
  readonly change: Opened;
  readonly n: number;
  readonly beside: boolean;
}

function Content({ change, n, beside }: ContentProps) {
  const say = useText();
  const { findings, differences, unknownNames } = change;
  return (
    <>
      <Notes change={change} />
      {findings.map(({ rule, severity, message, remedy }) => (
        <p key={`${rule} ${message}`} className={styles.finding}>
          <SeverityMark severity={severity} /> <Plain words={message} />{' '}
          <span className={styles.soft}>
            <Plain words={remedy} />
          </span>
        </p>
      ))}
      {differences.length === 0 && unknownNames.length === 0 && (
        <p className={styles.soft}>{say(messages.noDifference)}</p>
      )}
      <ul className={styles.attributes}>
        {byAttribute(differences).map((attribute) => (
          <Attribute key={attribute.name} attribute={attribute} beside={beside} />
        ))}
      </ul>
      {unknownNames.length > 0 && (
        <p className={styles.soft}>
          {say(messages.unknownNames)}{' '}
          <code>
            <Plain words={unknownNames.join(', ')} />
          </code>
        </p>
      )}
      <Link
        from="/changes/$plan"
        to="."
        search={(search) => ({ ...search, show: n })}
        resetScroll={false}
        className={styles.link}
      >
        {say(messages.linkTo)}
      </Link>
    </>
  );
}

function Attribute({
  attribute: { name, isDocument, forcesReplacement, lines },
  beside,
}: {
  readonly attribute: AttributeDifference;
  readonly beside: boolean;
}) {
  const say = useText();
  return (
    <li>
      <div className={styles.name}>
        <code>
          <Plain words={name} />
        </code>
        {isDocument && <span className={styles.mark}>{say(messages.document)}</span>}
        {forcesReplacement && <span className={styles.forces}>{say(messages.forces)}</span>}
      </div>
      {lines.map(({ path, rest, before, after }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines never move, and several may have one path.
        <div key={`${path} ${index}`} className={rest === '' ? undefined : styles.below}>
          {rest !== '' && (
            <code className={styles.path}>
              <Plain words={rest} />
            </code>
          )}
          <Sides
            {...(before === undefined ? {} : { before })}
            {...(after === undefined ? {} : { after })}
            beside={beside}
            verbatim={/:\d+$/.test(rest)}
          />
        </div>
      ))}
    </li>
  );
}

/** What is to be known about it besides its attributes. */
function Notes({ change: { row, provider, importing } }: Pick<ContentProps, 'change'>) {
  const say = useText();
  const notes = [
    ...(row.previousAddress === undefined ? [] : [{ name: messages.movedFrom, words: row.previousAddress }]),
    ...(row.deposed === undefined ? [] : [{ name: messages.deposedObject, words: row.deposed }]),
    ...(importing === undefined ? [] : [{ name: messages.importsId, words: importing.id ?? '' }]),
    ...(row.reason === undefined ? [] : [{ name: messages.reasonOf, words: row.reason }]),
    { name: messages.provider, words: provider },
  ];
  return (
    <dl className={styles.notes}>
      {row.replaceOrder !== undefined && (
        <div>
          <dt>{say(messages.replaceOrder)}</dt>
          <dd>{say(messages[row.replaceOrder])}</dd>
        </div>
      )}
      {notes.map(({ name, words }) => (
        <div key={name.en}>
          <dt>{say(name)}</dt>
          <dd>
            <code>
              <Plain words={words} />
            </code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
