import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { count } from "@/lib/words";
import { CopyIcon } from "@/ui/CopyIcon";
import { Shown } from "@/ui/Shown";

import { useAccess } from "../access";
import { type Call, type Message, type Said, messagesQuery } from "../queries";
import classes from "./Messages.module.css";
import { answerNote, indented, isJson, isLong, sentNote, titleOf } from "./said";

/** What was said in a call, to be opened; whoever sees the job by a link alone is not shown it. */
export function Messages({ call, isOpen: opensAtOnce }: { call: Call; isOpen: boolean }) {
  const { token } = useAccess();
  const [isOpen, setOpen] = useState(opensAtOnce);
  const place = useId();
  if (token !== null) return null;
  return (
    <div className={classes.talk}>
      <Button
        variant="light"
        size="compact-xs"
        aria-expanded={isOpen}
        aria-controls={place}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? "Hide messages" : "Show messages"}
      </Button>
      <div id={place}>{isOpen && <Talk call={call} />}</div>
    </div>
  );
}

function Talk({ call }: { call: Call }) {
  const query = useQuery(messagesQuery(call, useAccess()));
  return (
    <Shown query={query} lines={4}>
      {(said) =>
        said.messages.length === 0 ? (
          <Text size="sm" c="dimmed" mt={6}>
            {said.why_none ?? "Nothing was said."}
          </Text>
        ) : (
          <>
            <Part title="Sent" note={sentNote(call)} said={said} isAnswer={false} />
            <Part title="Came back" note={answerNote(call)} said={said} isAnswer={true} />
          </>
        )
      }
    </Shown>
  );
}

interface PartProps {
  title: string;
  note: string;
  said: Said;
  isAnswer: boolean;
}

/** What was sent, or what came, with the tokens it took. */
function Part({ title, note, said: { messages, shape, tools }, isAnswer }: PartProps) {
  const own = messages.filter(({ is_answer: of }) => of === isAnswer);
  const more = [note, shape && `answer wanted as ${shape}`, tools.length > 0 && `offered: ${tools.join(", ")}`];
  const notes = (isAnswer ? [note] : more).filter(Boolean).join(" · ");
  return (
    <section aria-label={title}>
      <Text size="xs" mt={8} mb={4}>
        <strong>{title}</strong>
        <span className={classes.note}> {notes}</span>
      </Text>
      {own.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing came.
        </Text>
      )}
      {own.map((message, place) => (
        <Entry key={place} message={message} isData={isJson(message, shape !== null)} />
      ))}
    </section>
  );
}

function Entry({ message, isData }: { message: Message; isData: boolean }) {
  const text = isData ? indented(message.text) : message.text;
  const [isWhole, setWhole] = useState(!isLong(text));
  const title = titleOf(message);
  return (
    <>
      {message.skipped > 0 && (
        <Text size="xs" c="dimmed" ta="center" my={4}>
          {count(message.skipped)} messages are left out here
        </Text>
      )}
      <article className={classes.entry} data-role={message.role} aria-label={title}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="xs" fw={600} className={classes.title}>
            {title}
          </Text>
          <CopyIcon value={text} label={`Copy ${title}`} />
        </Group>
        <p className={classes.text} data-folded={!isWhole} data-json={isData}>
          {text}
        </p>
        {isLong(text) && (
          <Button variant="subtle" size="compact-xs" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Fold" : `Show all ${count(text.length)} characters`}
          </Button>
        )}
        {message.left_out > 0 && (
          <Text size="xs" c="dimmed">
            {count(message.left_out)} characters in the middle were not kept
          </Text>
        )}
      </article>
    </>
  );
}
