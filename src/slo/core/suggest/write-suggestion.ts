import { Document, isMap, isScalar, isSeq } from 'yaml';
import { type Language, type Text, text } from '#core-values';
import type { Definition } from '../definitions/documents.ts';
import { writeDefinition } from '../definitions/write.ts';
import type { Choice } from './choice.ts';
import { screenDefinition, sloOfRequests, sloOfScreen } from './definitions.ts';
import {
  afterWords,
  budgetWords,
  requiredWords,
  routesWords,
  targetWords,
  thresholdWords,
  weightWords,
} from './evidence.ts';
import { counted, percentOf, spanWords, things, visibleRoute } from './figures.ts';
import type { SuggestedRequests, SuggestedScreen, Suggestion } from './suggestion.ts';
import { unknownsOf } from './unknowns.ts';

type Path = readonly (string | number)[];
/** Comments by the place of what they are about: behind a value, or above a mapping or a list. */
type Comments = readonly (readonly [path: Path, words: Text])[];

/** The suggestion as a file of definitions, each line with its evidence as a comment. */
export function writeSuggestion(suggestion: Suggestion, language: Language): string {
  const documents = [
    written(
      { apiVersion: 'openslo/v1', kind: 'Service', metadata: { name: suggestion.service }, spec: {} },
      [],
      headWords(suggestion),
      language,
    ),
    ...suggestion.screens.flatMap((screen) => screenDocuments(screen, suggestion, language)),
    ...suggestion.requests.flatMap((requests) => requestDocuments(requests, suggestion, language)),
  ];
  return documents.join('---\n');
}

function headWords(suggestion: Suggestion): readonly Text[] {
  const { lines, patterns, span } = suggestion;
  const when = span === undefined ? text('', '') : spanWords(span);
  const taken = patterns.taken.map(({ pattern, routes }) =>
    text(
      `${pattern} stands for ${counted(routes)} different words there.`,
      `${pattern} はこの位置の ${counted(routes)} 種類の語をまとめたものです。`,
    ),
  );
  return [
    text(
      `SLOs suggested from access logs: ${things(lines.lines, 'line')} of ${things(lines.files, 'file')}, ${when.en}.`,
      `アクセスログから提案した SLO: ${counted(lines.files)} ファイル、${counted(lines.lines)} 行、${when.ja}`,
    ),
    text(
      'A draft to edit: it says what was, not what people need. Remove what nobody would get up for.',
      '編集して使う下書きです。ここにあるのは実績であり、利用者に必要な水準ではありません。障害時に対応しないものは消してください。',
    ),
    ...taken,
    text('', ''),
    text('Not known:', '分からないこと:'),
    ...unknownsOf(suggestion).map(({ en, ja }) => text(`- ${en}`, `- ${ja}`)),
  ];
}

function screenDocuments(
  found: SuggestedScreen,
  suggestion: Suggestion,
  language: Language,
): readonly string[] {
  const { objective, screen } = found;
  const views = text('views', '表示');
  const definition = screenDefinition(found, suggestion.service);
  const made = written(definition, screenComments(found, suggestion), screenWords(found), language);
  if (objective === undefined) return [made];
  const slo = written(
    sloOfScreen(screen.name, suggestion.service, objective),
    [[['spec', 'objectives', 0, 'target'], targetWords(objective, views)]],
    budgetWords(found.days, objective, suggestion, views),
    language,
  );
  return [made, slo];
}

function screenWords({ left, objective, observed, screen }: SuggestedScreen): readonly Text[] {
  const { abandoned, bots, sure, views, ways } = observed;
  const shares = Object.entries(ways)
    .filter(([, count]) => count > 0)
    .map(([way, count]) => `${way} ${percentOf(count, views)}`)
    .join(', ');
  const route = visibleRoute(screen.requests[0]?.routes[0] ?? '');
  const named = routesWords(left);
  return [
    text(
      `${route}: ${counted(views)} views, put together by ${shares}; ${percentOf(sure, views)} of them could not be otherwise.`,
      `${route}: ${counted(views)} 表示。まとめ方: ${shares}。別の組み合わせがあり得ないもの ${percentOf(sure, views)}`,
    ),
    ...(bots + abandoned === 0
      ? []
      : [
          text(
            `Left out: ${counted(bots)} views of bots, ${counted(abandoned)} that people did not wait for.`,
            `除外: ボット ${counted(bots)} 表示、途中で離脱 ${counted(abandoned)} 表示`,
          ),
        ]),
    ...(left.length === 0
      ? []
      : [
          text(
            `Asked for in fewer than 5 % of the views, left out: ${named.en}.`,
            `5 % 未満の表示でしか発生しないため除外: ${named.ja}`,
          ),
        ]),
    ...(objective === undefined
      ? [
          text(
            'No objective: less than half of the views are surely good by these thresholds. Correct the screen first.',
            '目標は提案しません。このしきい値では良好な表示が確実に半分を超えるとは言えません。まず画面の定義を直してください。',
          ),
        ]
      : []),
  ];
}

function screenComments(found: SuggestedScreen, { surveyed: { told, wholeSeconds } }: Suggestion): Comments {
  const { observed, requests, screen, threshold } = found;
  const durations = told.duration > 0;
  const ofRequests = requests.flatMap((evidence, index): Comments => {
    const at = (key: string): Path => ['spec', 'requests', index, key];
    const request = screen.requests[index];
    const isDocument = index === screen.document;
    return [
      [at('weight'), weightWords(evidence)],
      [at('required'), requiredWords(evidence, isDocument, request?.required === true, observed.views)],
      [at('threshold'), thresholdWords(evidence.threshold, durations)],
      ...(request?.after === undefined
        ? []
        : ([[at('after'), afterWords(evidence, durations && !wholeSeconds)]] satisfies Comments)),
    ];
  });
  return [
    ...ofRequests,
    [['spec', 'bar'], barWords(found)],
    [['spec', 'threshold'], endWords(threshold, durations)],
  ];
}

const barWords = ({ screen }: Choice): Text =>
  screen.requests.some(({ required }) => !required)
    ? text(
        'a view that lacks its lightest optional request is still good',
        '最も軽い任意リクエストが 1 つ失敗しても良好とみなす値',
      )
    : text('the default: every request counts', '既定値');

function endWords(found: SuggestedScreen['threshold'], durations: boolean): Text {
  const own = thresholdWords(found, durations);
  return text(
    `until the last required request has ended: ${own.en}`,
    `最後の必須リクエストの完了まで: ${own.ja}`,
  );
}

function requestDocuments(
  found: SuggestedRequests,
  suggestion: Suggestion,
  language: Language,
): readonly string[] {
  const { days, objective, route, threshold } = found;
  if (objective === undefined) return [];
  const events = text('requests', 'リクエスト');
  const of = [
    text(
      `${visibleRoute(route)}: ${counted(objective.counts.total)} requests, of no screen above.`,
      `${visibleRoute(route)}: ${counted(objective.counts.total)} 件。上のどの画面にも属しません。`,
    ),
    ...budgetWords(days, objective, suggestion, events),
  ];
  const bad: Path = ['spec', 'indicator', 'spec', 'ratioMetric', 'bad', 'metricSource', 'spec'];
  const slow: Comments =
    threshold === undefined ? [] : [[[...bad, 'slowerThan'], thresholdWords(threshold, true)]];
  const target: Comments[number] = [['spec', 'objectives', 0, 'target'], targetWords(objective, events)];
  return [written(sloOfRequests(found, suggestion.service, objective), [...slow, target], of, language)];
}

function written(
  definition: Definition,
  comments: Comments,
  above: readonly Text[],
  language: Language,
): string {
  const document = new Document(writeDefinition(definition));
  for (const [path, words] of comments) {
    const node = document.getIn(path, true);
    if (isScalar(node)) node.comment = ` ${words[language]}`;
    else if (isMap(node) || isSeq(node)) node.commentBefore = ` ${words[language]}`;
  }
  const head = above.map((words) => (words[language] === '' ? '#' : `# ${words[language]}`)).join('\n');
  return `${head === '' ? '' : `${head}\n`}${document.toString({ lineWidth: 0 })}`;
}
