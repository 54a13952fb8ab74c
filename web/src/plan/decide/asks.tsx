import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useMe } from '../../api/me.ts';
import { useText } from '../../app/text.ts';
import { ChangeCounts, FindingCounts } from '../../changes/plan-marks.tsx';
import { Button, buttonClass } from '../../parts/button.tsx';
import { EnvironmentMark } from '../../parts/environment.tsx';
import { Input } from '../../parts/field.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Fact, SHORT_FINGERPRINT } from '../head.tsx';
import { messages } from '../messages.ts';
import { Plain } from '../plain.tsx';
import type { PlanSummary } from '../queries.ts';
import styles from './asks.module.css';
import { type Kind, offeredTo } from './kinds.ts';
import { cancelPlan, decideByPasskey, NotSigned, withdrawRepair } from './send.ts';
import { WORDS } from './words.ts';

interface AsksProps {
  readonly kind: Kind;
  readonly plan: PlanSummary;
  readonly onEnd: () => void;
}

/** Names what is decided about, what comes of it and how to undo it; then a passkey decides. */
export function Asks({ kind, plan, onEnd }: AsksProps) {
  const deciding = useDeciding(kind, plan, onEnd);
  if (!deciding.isOpen && !deciding.isPending) return <Over plan={plan} onEnd={onEnd} />;
  return <Form {...{ kind, plan, onEnd, deciding }} />;
}

function useDeciding(kind: Kind, plan: PlanSummary, onEnd: () => void) {
  const client = useQueryClient();
  const me = useMe().data?.person ?? '';
  const [reason, setReason] = useState('');
  const { id, stack, account, environment, fingerprint } = plan;
  // Whoever agrees signs the words of the mark.
  const words = kind === 'agree-repair' ? (plan.repair?.reason ?? '') : reason.trim();
  const run = useMutation({
    mutationFn: () =>
      kind === 'cancel'
        ? cancelPlan(id)
        : kind === 'withdraw-repair'
          ? withdrawRepair(id)
          : decideByPasskey(id, {
              ...{ plan: { stack, account, environment, fingerprint }, decision: kind },
              ...{ approver: me, reason: words },
            }),
    onSuccess: onEnd,
    // A refusal mostly means that the plan is not what this page shows any more.
    onSettled: () => client.invalidateQueries({ queryKey: ['plan', id] }),
  });
  const offered = offeredTo(plan, me);
  const isOffered = {
    ...{ ...offered, 'break-glass': offered.breakGlass, 'agree-repair': offered.agreeRepair },
    'withdraw-repair': offered.withdrawRepair,
  }[kind];
  const isReady = words.length >= (LEAST_REASON[kind] ?? 0);
  return { me, reason, setReason, isReady, run, isOpen: isOffered, isPending: run.isPending };
}

/** While the dialog was open the plan was replaced, applied, or decided about by others. */
function Over({ plan: { newer, stateWords }, onEnd }: Omit<AsksProps, 'kind'>) {
  const say = useText();
  return (
    <div className={styles.asks} role="alert">
      <p>
        <strong>{say(messages.over)}</strong> {say(messages.overWhy, { state: stateWords })}
      </p>
      <div className={styles.buttons}>
        <Button onClick={onEnd}>{say(messages.close)}</Button>
        {newer !== undefined && (
          <Link to="/changes/$plan" params={{ plan: newer }} className={buttonClass('primary')}>
            {say(messages.toNewer)}
          </Link>
        )}
      </div>
    </div>
  );
}

const MOST_REASON = 1_000;
/** Characters; as the server asks for. */
const LEAST_REASON: Partial<Record<Kind, number>> = { 'break-glass': 1, repair: 20, 'agree-repair': 1 };
const SILENT: readonly Kind[] = ['cancel', 'agree-repair', 'withdraw-repair'];

function Form({
  kind,
  plan,
  onEnd,
  deciding,
}: AsksProps & { readonly deciding: ReturnType<typeof useDeciding> }) {
  const say = useText();
  const { me, reason, setReason, isReady, run } = deciding;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!run.isPending) run.mutate();
  };
  const isGrave = kind === 'break-glass' || (kind === 'approve' && plan.environment === 'production');
  return (
    <form className={styles.asks} onSubmit={submit}>
      <Hits plan={plan} me={me} />
      <p>{say(WORDS[kind].does)}</p>
      {kind === 'agree-repair' && plan.repair !== undefined && (
        <blockquote>
          <Plain words={plan.repair.reason} />
        </blockquote>
      )}
      <p className={styles.soft}>{say(WORDS[kind].undo)}</p>
      {!SILENT.includes(kind) && (
        <Input
          label={say(reasonLabel(kind))}
          required={LEAST_REASON[kind] !== undefined}
          minLength={LEAST_REASON[kind]}
          maxLength={MOST_REASON}
          autoComplete="off"
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      )}
      {run.error !== null && <Failed error={run.error} />}
      <div className={styles.buttons}>
        <Button onClick={onEnd}>{say(messages.notNow)}</Button>
        <Button
          type="submit"
          look={kind === 'approve' && !isGrave ? 'primary' : kind === 'reject' ? 'plain' : 'danger'}
          disabled={!isReady || run.isPending}
        >
          {kind !== 'cancel' && kind !== 'withdraw-repair' && <Icon name="key" />}
          {say(run.isPending ? messages.waiting : WORDS[kind].now)}
        </Button>
      </div>
    </form>
  );
}

const reasonLabel = (kind: Kind) =>
  kind === 'repair'
    ? messages.repairReason
    : kind === 'break-glass'
      ? messages.reasonNeeded
      : messages.reason;

/** What is hit, where, and by whom. */
function Hits({ plan, me }: { readonly plan: PlanSummary; readonly me: string }) {
  const say = useText();
  return (
    <dl className={styles.facts}>
      <Fact name={say(messages.account)}>
        <EnvironmentMark environment={plan.environment} /> {plan.accountName ?? ''}{' '}
        <code>{plan.account}</code>
      </Fact>
      <Fact name={say(messages.whatChanges)}>
        <ChangeCounts changes={plan.changes} />
      </Fact>
      <Fact name={say(messages.findings)}>
        <FindingCounts findings={plan.findings} />
      </Fact>
      <Fact name={say(messages.fingerprint)}>
        <code>{plan.fingerprint.slice(0, SHORT_FINGERPRINT)}</code>
      </Fact>
      <Fact name={say(messages.as)}>{me}</Fact>
    </dl>
  );
}

function Failed({ error }: { readonly error: Error }) {
  const say = useText();
  const trouble = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new error is led to.
  useEffect(() => {
    trouble.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  return (
    <div ref={trouble} className={styles.trouble}>
      {error instanceof NotSigned ? (
        <p role="alert" className={styles.failed}>
          {say(error.why === 'no-passkey' ? messages.noPasskey : messages.otherStatement)}{' '}
          {error.why === 'no-passkey' && <a href="/settings">{say(messages.toPasskeys)}</a>}
        </p>
      ) : (
        <Trouble error={error} />
      )}
    </div>
  );
}
