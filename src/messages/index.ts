export type { MessagesRoom, Reachable, Undelivered } from './room.ts';
export { messagesRoutes } from './routes.ts';
export type { Sender } from './sender.ts';
export { email } from './senders/email.ts';
export { pagerDuty } from './senders/pagerduty.ts';
export { slackApp, slackWebhook } from './senders/slack.ts';
export { signedWebhook } from './senders/webhook.ts';
export { destinationHealth } from './store/destinations.ts';
export { forgetOldMessages, tellPeople } from './tell-people.ts';
