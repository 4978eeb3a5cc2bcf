import { Kbd, Modal, Table } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";

import { useMe } from "./me";
import { type Place, placesFor } from "./places";

const SEQUENCE_MS = 1_200;

/** The keys of the whole page: `?` lists them, `g` and a letter goes to a screen. */
export function Keys() {
  const permissions = useMe()?.permissions;
  const places = useMemo(() => placesFor(permissions), [permissions]);
  const [isOpen, help] = useDisclosure(false);
  useHotkeys([
    ["shift+?", help.toggle],
    ["?", help.toggle],
  ]);
  useGoing(places);
  return (
    <Modal opened={isOpen} onClose={help.close} title="Keys" size="md">
      <Table highlightOnHover={false}>
        <Table.Tbody>
          {[...SHORTCUTS, ...places.flatMap(keysTo)].map(([keys, meaning]) => (
            <Table.Tr key={meaning}>
              <Table.Td w={140}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

const SHORTCUTS: [string[], string][] = [
  [["?"], "Show these keys"],
  [["⌘", "K"], "Find a screen, a task or a job (Ctrl K where there is no ⌘)"],
  [["j", "k"], "Next and previous row of a list"],
  [["Enter"], "Open the row"],
  [["x"], "Select the row"],
  [["Esc"], "Close what is open"],
];

function keysTo({ key, label }: Place): [string[], string][] {
  return key ? [[["g", key], label]] : [];
}

function useGoing(places: readonly Place[]): void {
  const navigate = useNavigate();
  const since = useRef(0);
  useEffect(() => {
    const take = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const isTyping = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (isTyping || event.metaKey || event.ctrlKey || event.altKey) return;
      const isSecond = Date.now() - since.current < SEQUENCE_MS;
      since.current = event.key === "g" ? Date.now() : 0;
      const place = isSecond ? places.find(({ key }) => key === event.key) : undefined;
      if (!place) return;
      event.preventDefault();
      void navigate({ to: place.to });
    };
    document.addEventListener("keydown", take);
    return () => document.removeEventListener("keydown", take);
  }, [navigate, places]);
}
