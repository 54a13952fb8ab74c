import { getRouteApi, Link } from '@tanstack/react-router';
import { useMe } from '../api/me.ts';
import { useText } from '../app/text.ts';
import { EnvironmentMark, useTouches } from '../parts/environment.tsx';
import { Page } from '../parts/page.tsx';
import { type Fact, Facts, Section } from '../parts/section.tsx';
import { Answered } from '../parts/states.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { Calls } from './calls.tsx';
import styles from './grant-page.module.css';
import { PURPOSE_OF_STACK } from './grant-table.tsx';
import { messages } from './messages.ts';
import {
  type GrantDetail,
  isLive,
  mayTakeBack,
  type PlaceOfGrant,
  placeOf,
  useAccounts,
  useGrant,
} from './queries.ts';
import { Revocation, Revoke } from './revoke.tsx';
import { StatusMark } from './status-mark.tsx';
import { MoreWords, Words } from './words.tsx';

const route = getRouteApi('/shell/grants/$grant');

/** One grant: what it could do, what it was used for, and the way to take it back. */
export function GrantPage() {
  const { grant: id } = route.useParams();
  const grant = useGrant(id);
  const accounts = useAccounts();
  return (
    <Answered query={grant} heading="h1">
      {(detail) => (
        // It is not shown without what it reaches.
        <Answered query={accounts} heading="h1">
          {(map) => <OneGrant key={detail.id} grant={detail} place={placeOf(map.accounts, detail)} />}
        </Answered>
      )}
    </Answered>
  );
}

interface GrantProps {
  readonly grant: GrantDetail;
  readonly place: PlaceOfGrant;
}

function OneGrant({ grant, place }: GrantProps) {
  const say = useText();
  const me = useMe().data;
  useTouches(place.environment);
  const mine = me !== undefined && mayTakeBack(place, me);
  return (
    <Page
      title={say(PURPOSE_OF_STACK[grant.purpose], { stack: grant.stack })}
      aside={
        <div className={styles.marks}>
          {place.environment !== undefined && <EnvironmentMark environment={place.environment} />}
          <StatusMark status={grant.status} />
        </div>
      }
    >
      {isLive(grant) && mine && <Revoke grant={grant} place={place} />}
      {isLive(grant) && !mine && me !== undefined && (
        <p className={styles.soft}>{say(messages.whoMayRevoke, { team: place.team ?? '–' })}</p>
      )}
      <Revocation grant={grant} place={place} />
      <About grant={grant} place={place} />
      <WhatItCould grant={grant} />
      {me !== undefined && <Calls grant={grant} mayRead={mine} />}
    </Page>
  );
}

function About({ grant, place: { accountName } }: GrantProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const moment = (at: string | undefined) => (at === undefined ? undefined : <Time at={at} />);
  const { plan, approvers, actor, repository, commit, run, ending } = grant;
  const facts: readonly Fact[] = [
    [
      say(messages.account),
      <>
        {accountName} <code>{grant.account}</code>
      </>,
    ],
    [say(messages.region), <code key="region">{grant.region}</code>],
    [say(messages.role), <code key="role">{grant.role}</code>],
    [
      say(messages.job),
      say(messages.jobOf, { repository: repository.name, run: run.id, attempt: run.attempt }),
    ],
    [say(messages.startedBy), actor.name],
    [say(messages.commit), <code key="commit">{commit}</code>],
    [say(messages.approvers), approvers.length === 0 ? say(messages.nobody) : approvers.join(', ')],
    [
      say(messages.plan),
      plan === undefined ? undefined : (
        <Link key="plan" to="/changes/$plan" params={{ plan }}>
          {say(messages.toPlan)}
        </Link>
      ),
    ],
    [say(messages.requestedIn, { zone }), moment(grant.requestedAt)],
    [say(messages.issuedIn, { zone }), moment(grant.issuedAt)],
    [say(messages.expiresIn, { zone }), moment(grant.expiresAt)],
    [say(messages.endedIn, { zone }), moment(grant.endedAt)],
    [say(messages.ending), ending],
    [say(messages.id), <code key="id">{grant.id}</code>],
  ];
  return (
    <Section title={say(messages.about)}>
      <Facts facts={facts} />
    </Section>
  );
}

const AT_ONCE = 8;

/** In the words in which it was approved. */
function WhatItCould({ grant }: { readonly grant: GrantDetail }) {
  const say = useText();
  const { can, permissions, purpose } = grant;
  return (
    <Section title={say(isLive(grant) ? messages.canNow : messages.could)}>
      <p>{can}</p>
      {permissions === undefined && purpose === 'apply' && (
        <p className={styles.soft}>{say(messages.noPermissions)}</p>
      )}
      {permissions !== undefined && (
        <>
          {permissions.escalations.map((words) => (
            <p key={words} className={styles.warning}>
              <bdi>{words}</bdi>
            </p>
          ))}
          <Words words={permissions.can.slice(0, AT_ONCE)} />
          <MoreWords
            title={say(messages.morePermissions, { count: permissions.can.length - AT_ONCE })}
            words={permissions.can.slice(AT_ONCE)}
          />
          <MoreWords
            title={say(messages.widened, { count: permissions.widened.length })}
            words={permissions.widened}
          />
        </>
      )}
    </Section>
  );
}
