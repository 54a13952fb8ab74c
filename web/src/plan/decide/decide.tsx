import { useState } from 'react';
import { useMe } from '../../api/me.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';
import { messages } from '../messages.ts';
import type { PlanSummary } from '../queries.ts';
import { Asks } from './asks.tsx';
import styles from './decide.module.css';
import { type Kind, offeredTo } from './kinds.ts';
import { GIVEN, WORDS } from './words.ts';

/** Besides yes and no, in this order. */
const BESIDE = [
  ['repair', 'repair'],
  ['agreeRepair', 'agree-repair'],
  ['withdrawRepair', 'withdraw-repair'],
  ['breakGlass', 'break-glass'],
  ['cancel', 'cancel'],
] as const;

/** What may be said about the plan, always at hand: at the thumb on a phone. Everything asks first. */
export function Decide({ plan }: { readonly plan: PlanSummary }) {
  const say = useText();
  const [asked, setAsked] = useState<Kind>('approve');
  const [open, setOpen] = useState(false);
  const me = useMe().data?.person ?? '';
  const { approve, reject, whyNot, ...others } = offeredTo(plan, me);
  const offeredBeside = BESIDE.filter(([name]) => others[name]).map(([, kind]) => kind);
  const isAny = approve || reject || offeredBeside.length > 0 || whyNot !== undefined;
  const opener = (kind: Kind) => () => {
    setAsked(kind);
    setOpen(true);
  };
  const given = plan.mine?.given;
  return (
    <>
      {isAny && (
        <section aria-label={say(messages.yourDecision)} className={styles.bar}>
          <div className={styles.words}>
            {given !== undefined && (
              <p role="status">
                <Icon name={given === 'reject' ? 'refused' : 'check'} /> {say(GIVEN[given])}
              </p>
            )}
            {whyNot !== undefined && (
              <p>
                {whyNot.message} <span className={styles.soft}>{whyNot.remedy}</span>
              </p>
            )}
          </div>
          <div className={styles.others}>
            {offeredBeside.map((kind) => (
              <Button key={kind} look="quiet" onClick={opener(kind)}>
                {say(WORDS[kind].ask)}
              </Button>
            ))}
          </div>
          {(approve || reject) && (
            <div className={styles.main}>
              {reject && <Button onClick={opener('reject')}>{say(WORDS.reject.ask)}</Button>}
              {approve && (
                <Button look="primary" className={styles.approve ?? ''} onClick={opener('approve')}>
                  {say(WORDS.approve.ask)}
                </Button>
              )}
            </div>
          )}
        </section>
      )}
      <Dialog
        title={say(WORDS[asked].title, { stack: plan.stack })}
        closeLabel={say(messages.close)}
        open={open}
        onOpenChange={setOpen}
      >
        <Asks kind={asked} plan={plan} onEnd={() => setOpen(false)} />
      </Dialog>
    </>
  );
}
