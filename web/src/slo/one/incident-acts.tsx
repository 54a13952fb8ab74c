import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../../api/client.ts';
import { useText } from '../../app/text.ts';
import { Act } from '../../parts/act.tsx';
import { Input, Select } from '../../parts/field.tsx';
import { useFigures } from '../figures.ts';
import type { Incident } from '../queries.ts';
import { messages } from './messages.ts';

interface ActProps {
  readonly incident: Incident;
}

/** What is shown of SLOs is read again after each act, whether it succeeded or not. */
export const readAgain = (): Promise<unknown> =>
  Promise.all(
    ['slos', 'slo', 'slo-incidents', 'slo-corrections'].map((about) =>
      queryClient.invalidateQueries({ queryKey: [about] }),
    ),
  );

const LEAST_REASON = 3;
const MOST_REASON = 1_000;

export const isReason = (words: string): boolean => words.trim().length >= LEAST_REASON;

interface ReasonInputProps {
  readonly reason: string;
  readonly onType: (reason: string) => void;
}

export function ReasonInput({ reason, onType }: ReasonInputProps) {
  const say = useText();
  return (
    <Input
      label={say(messages.reason)}
      value={reason}
      maxLength={MOST_REASON}
      required
      autoComplete="off"
      onChange={(event) => onType(event.target.value)}
    />
  );
}

export function Acknowledge({ incident: { id } }: ActProps) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const acknowledge = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/v1/slo/incidents/{id}/acknowledgement', { params: { path: { id } } })),
    onSuccess: () => setOpen(false),
    onSettled: readAgain,
  });
  return (
    <Act
      title={say(messages.acknowledgeTitle)}
      opener={say(messages.acknowledge)}
      act={say(messages.acknowledgeNow)}
      pending={say(messages.sending)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...acknowledge, mutate: () => acknowledge.mutate() }}
    >
      <p>{say(messages.acknowledgeHits)}</p>
    </Act>
  );
}

const HOUR = 60;
const SILENCES_MINUTES = [HOUR, 4 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR] as const;
const MINUTE_MS = 60_000;
/** A week, said later, would be longer than a week for the server. */
const SPARE_MS = MINUTE_MS;

export function Silence({ incident: { id } }: ActProps) {
  const say = useText();
  const { minutes } = useFigures();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [length, setLength] = useState<number>(SILENCES_MINUTES[0]);
  const silence = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/slo/incidents/{id}/silence', {
          params: { path: { id } },
          body: {
            until: new Date(Date.now() + length * MINUTE_MS - SPARE_MS).toISOString(),
            reason: reason.trim(),
          },
        }),
      ),
    onSuccess: () => setOpen(false),
    onSettled: readAgain,
  });
  return (
    <Act
      title={say(messages.silenceTitle)}
      opener={say(messages.silence)}
      act={say(messages.silenceNow)}
      pending={say(messages.sending)}
      isReady={isReason(reason)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...silence, mutate: () => silence.mutate() }}
    >
      <p>{say(messages.silenceHits)}</p>
      <Select
        label={say(messages.howLong)}
        value={String(length)}
        onChoose={(value) => setLength(Number(value))}
      >
        {SILENCES_MINUTES.map((one) => (
          <option key={one} value={one}>
            {minutes(one)}
          </option>
        ))}
      </Select>
      <ReasonInput reason={reason} onType={setReason} />
    </Act>
  );
}

export function Resolve({ incident: { id, firing } }: ActProps) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const resolve = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/slo/incidents/{id}/resolution', {
          params: { path: { id } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: () => setOpen(false),
    onSettled: readAgain,
  });
  return (
    <Act
      title={say(messages.resolveTitle)}
      opener={say(messages.resolve)}
      act={say(messages.resolveNow)}
      pending={say(messages.sending)}
      isReady={isReason(reason)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...resolve, mutate: () => resolve.mutate() }}
    >
      <p>{say(firing ? messages.resolveHitsFiring : messages.resolveHits)}</p>
      <ReasonInput reason={reason} onType={setReason} />
    </Act>
  );
}
