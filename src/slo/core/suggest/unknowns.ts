import { type Text, text } from '#core-values';
import { routesWords } from './evidence.ts';
import { counted, percentOf, spanWords } from './figures.ts';
import { LEAST_EVENTS } from './outline.ts';
import type { Suggestion } from './suggestion.ts';

/** A week, but for what its ends lack. */
const LEAST_DAYS = 6.5;

/** What the logs do not tell, and what follows from it, the gravest first. */
export function unknownsOf(suggestion: Suggestion): readonly Text[] {
  return [
    ...ofFields(suggestion),
    ...ofPages(suggestion),
    ...ofTime(suggestion),
    ...ofLines(suggestion),
    text(
      'Bad events come in bunches, so the true intervals are wider than those of independent events given here.',
      '失敗は固まって起きるため、真の区間は(独立と仮定した)ここの区間より広くなります。',
    ),
    text(
      'What happens in the browser and what other hosts answer (payment, CDN, fonts) is in no access log.',
      'ブラウザー内の処理や、他ホスト(決済、CDN、フォントなど)の応答はアクセスログに残りません。',
    ),
  ];
}

function ofFields({ surveyed: { requests, told, wholeSeconds }, sign }: Suggestion): readonly Text[] {
  const found: Text[] = [];
  if (told.duration === 0)
    found.push(
      text(
        'No durations: thresholds and weights are placeholders, and only failures count. Log them (nginx: $request_time, Apache: %D).',
        '処理時間がありません。しきい値と重みは仮の値で、失敗だけが数えられます。ログに加えてください(nginx は $request_time、Apache は %D)。',
      ),
    );
  else if (told.duration < requests)
    found.push(
      text(
        `${percentOf(requests - told.duration, requests)} of the requests have no duration; they count as fast.`,
        `${percentOf(requests - told.duration, requests)} のリクエストに処理時間がなく、速かったものとして数えます。`,
      ),
    );
  if (told.duration > 0 && wholeSeconds)
    found.push(
      text(
        'Times are whole seconds: which requests wait for each other is assumed, not seen (nginx: $msec or $time_iso8601 with milliseconds).',
        '時刻が秒単位です。リクエスト同士の待ち合わせは観測ではなく仮定です(nginx ならミリ秒の $msec を記録できます)。',
      ),
    );
  if (told.client === 0)
    found.push(
      text(
        'No client addresses: people cannot be told apart.',
        'クライアントのアドレスがなく、利用者を区別できません。',
      ),
    );
  else if (told.userAgent === 0)
    found.push(
      text(
        'No user agents: people behind one address are taken for one, and bots for people.',
        'ユーザーエージェントがなく、同じアドレスの利用者を区別できず、ボットも人として数えます。',
      ),
    );
  if (told.referer === 0 && sign === 'client')
    found.push(
      text(
        'No Referer: what belongs to a page is guessed from client and time, and which paths are pages from their words.',
        'Referer がなく、どのリクエストがどのページに属するかはクライアントと時刻から、どのパスがページかは名前から推測しています。',
      ),
    );
  return found;
}

function ofPages({ beyond, patterns, rare, screens, sign, thin }: Suggestion): readonly Text[] {
  const found: Text[] = [];
  if (sign === undefined)
    found.push(
      text(
        'No screens: nothing in these logs tells which requests belong to one page (Referer, page-view id, client and time).',
        '画面を見つけられませんでした。どのリクエストが同じページのものかを示す情報(Referer、ページビュー ID、クライアントと時刻)がありません。',
      ),
    );
  else if (screens.length === 0)
    found.push(text('No screen has enough views.', '十分な表示回数のある画面がありません。'));
  const few = [...rare, ...thin.map(({ route }) => route)];
  if (few.length > 0) {
    const named = routesWords(few);
    found.push(
      text(
        `Pages with fewer than ${LEAST_EVENTS} views, nothing is suggested for: ${named.en}.`,
        `表示が ${LEAST_EVENTS} 回未満のため提案しないページ: ${named.ja}`,
      ),
    );
  }
  if (beyond.length > 0) {
    const named = routesWords(beyond);
    found.push(
      text(
        `Further pages, less asked for than these: ${named.en}.`,
        `これらより閲覧の少ないページ: ${named.ja}`,
      ),
    );
  }
  for (const { pattern, routes } of patterns.open.slice(0, 5))
    found.push(
      text(
        `${pattern}: ${counted(routes)} different words there may be values of one route; name it with --routes if so.`,
        `${pattern}: この位置の ${counted(routes)} 種類の語は 1 つのルートの値かもしれません。そうなら --routes で名前を付けてください。`,
      ),
    );
  return found;
}

function ofTime({ span, late, surveyed: { forgotten } }: Suggestion): readonly Text[] {
  const found: Text[] = [];
  if (span !== undefined && span.days < LEAST_DAYS)
    found.push(
      text(
        `Only ${spanWords(span).en}: a week has ups and downs, releases and incidents that these logs have not seen.`,
        `期間は ${spanWords(span).ja}だけです。曜日による増減、リリース、障害がこのログに含まれているとは限りません。`,
      ),
    );
  if (late > 0)
    found.push(
      text(
        `${counted(late)} requests came too late in the files to be put into views (other servers' files of the same time?).`,
        `${counted(late)} 件のリクエストはファイル内での順序が遅すぎて表示にまとめられません(同じ時間帯の別サーバーのファイル?)。`,
      ),
    );
  if (forgotten > 0)
    found.push(
      text(
        `${counted(forgotten)} requests came from pages beyond the table of 200,000 pairs and were not looked at.`,
        `${counted(forgotten)} 件はページとリクエストの組の上限(200,000)を超え、調べていません。`,
      ),
    );
  return found;
}

const ofLines = ({ lines: { faults, lines, unparsed } }: Suggestion): readonly Text[] =>
  unparsed === 0
    ? []
    : [
        text(
          `${counted(unparsed)} of ${counted(lines)} lines could not be read (${faults.join(', ')}).`,
          `${counted(lines)} 行中 ${counted(unparsed)} 行を読み取れませんでした(${faults.join('、')})。`,
        ),
      ];
