import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { useText } from '../../app/text.ts';
import { Act } from '../../parts/act.tsx';
import { Input, Select } from '../../parts/field.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { useFigures } from '../figures.ts';
import type { Correction } from '../queries.ts';
import { lengthOf, momentOf } from './correction-times.ts';
import { isReason, ReasonInput, readAgain } from './incident-acts.tsx';
import { messages } from './messages.ts';

interface MakeCorrectionProps {
  readonly slo: string;
  readonly service: string;
}

/** Leaves an announced maintenance out of the budget; says first what that hits. */
export function MakeCorrection({ slo, service }: MakeCorrectionProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const { minutes } = useFigures();
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<'slo' | 'service'>('slo');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const length = lengthOf(from, to);
  const name = kind === 'slo' ? slo : service;
  const make = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/slo/corrections', {
          body: {
            of: { kind, name },
            ...{ from: momentOf(from) ?? '', to: momentOf(to) ?? '', reason: reason.trim() },
          },
        }),
      ),
    onSuccess: () => setOpen(false),
    onSettled: readAgain,
  });
  return (
    <Act
      title={say(messages.correctTitle)}
      opener={say(messages.correct)}
      act={say(messages.correctNow)}
      pending={say(messages.sending)}
      isReady={length !== undefined && isReason(reason)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...make, mutate: () => make.mutate() }}
    >
      <p>{say(messages.correctHits)}</p>
      <Select
        label={say(messages.holdsFor)}
        value={kind}
        onChoose={(chosen) => setKind(chosen === 'service' ? 'service' : 'slo')}
      >
        <option value="slo">{say(messages.thisSlo, { name: slo })}</option>
        <option value="service">{say(messages.allOf, { name: service })}</option>
      </Select>
      <Input
        label={say(messages.from, { zone })}
        type="datetime-local"
        value={from}
        required
        onChange={(event) => setFrom(event.target.value)}
      />
      <Input
        label={say(messages.to, { zone })}
        type="datetime-local"
        value={to}
        required
        onChange={(event) => setTo(event.target.value)}
      />
      <ReasonInput reason={reason} onType={setReason} />
      <p role="status">
        {length === undefined
          ? say(messages.whenFirst)
          : say(messages.correctSum, { length: minutes(length), name })}
      </p>
    </Act>
  );
}

export function UndoCorrection({ correction: { id, from, to } }: { readonly correction: Correction }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const undo = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/slo/corrections/{id}/undo', {
          params: { path: { id } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: () => setOpen(false),
    onSettled: readAgain,
  });
  return (
    <Act
      title={say(messages.undoTitle)}
      opener={say(messages.undo)}
      act={say(messages.undoNow)}
      pending={say(messages.sending)}
      isReady={isReason(reason)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...undo, mutate: () => undo.mutate() }}
    >
      <p>
        <Time at={from} /> – <Time at={to} zoned />
      </p>
      <p>{say(messages.undoHits)}</p>
      <ReasonInput reason={reason} onType={setReason} />
    </Act>
  );
}
