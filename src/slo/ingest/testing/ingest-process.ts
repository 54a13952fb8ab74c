import { openDatabase } from '#platform';
import { judgeDue } from '../judge.ts';
import { localLogs } from '../local-files.ts';
import { readSource } from '../read-log.ts';
import { shopRoom } from './shop-logs.ts';

// Reads the logs of a folder and judges them, as the server does, in a process that can be killed: URL of the database, folder.

const [url = '', folder = ''] = process.argv.slice(2);
const database = await openDatabase(url);
if (!database.ok) throw new Error(database.error.reasons[0].message.en);
const room = shopRoom(database.value.db);
process.stdout.write('reads\n');
await readSource(room, { name: 'shop' }, localLogs([folder], Date.now() + 120_000), { pieceBytes: 6000 });
await judgeDue(room);
await database.value.close();
process.stdout.write('done\n');
