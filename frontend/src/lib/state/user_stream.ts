/** The private stream of the person who is signed in, handed to whichever state class asked for a kind of change. */
import type { Slip, Wallet } from "$lib/api/types";
import type { Payload, TopicEvent } from "touchline-client";

type UserChange = Payload<"user:{user_id}">;
type Kind = UserChange["type"];
type ChangeOf<Name extends Kind> = Extract<UserChange, { type: Name }>;

export interface UserImage {
  wallets: Wallet[];
  open_slips: Slip[];
  unread_messages: number;
  unread_notifications: number;
}

type Handler = (change: never) => void;

const changeHandlers = new Map<string, Handler[]>();
const imageHandlers: ((image: UserImage) => void)[] = [];

export function onUserChange<Name extends Kind>(kind: Name, handler: (change: ChangeOf<Name>) => void): () => void {
  changeHandlers.set(kind, [...(changeHandlers.get(kind) ?? []), handler as Handler]);
  return () => {
    changeHandlers.set(kind, (changeHandlers.get(kind) ?? []).filter((known) => known !== handler));
  };
}

export function onUserImage(handler: (image: UserImage) => void): void {
  imageHandlers.push(handler);
}

export function hearUserStream(event: TopicEvent<"user:{user_id}">): void {
  if (event.kind === "image") for (const handler of imageHandlers) handler(event.image as UserImage);
  if (event.kind !== "change") return;
  for (const handler of changeHandlers.get(event.change.type) ?? []) handler(event.change as never);
}
