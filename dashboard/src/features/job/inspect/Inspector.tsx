import { Box, Card, ScrollArea, Tabs } from "@mantine/core";
import { useState } from "react";

import type { Look, Tab } from "../look";
import { TABS } from "../look";
import type { Row } from "../timeline/rows";
import type { JobParts } from "../useJobParts";
import { Item } from "./Item";
import { Panel } from "./Panel";
import { labelOf, tabsOf, usualTab } from "./tabs";

interface Props extends Look {
  parts: JobParts;
  rows: readonly Row[];
  moment: number | null;
}

/** What there is to read about the job, by tabs; about one row of the timeline, when one is open. */
export function Inspector({ parts, rows, moment, tab, at, onLook }: Props) {
  const { job } = parts;
  // The tab that is opened by itself stays: a job that ends while it is watched does not turn the page, unless it failed.
  const [first] = useState<Tab>(() => usualTab(job));
  const asked = tab ?? (job.state === "failed" ? "error" : first);
  const shown = tabsOf(parts, asked);
  const current = shown.includes(asked) ? asked : (shown[0] ?? "result");
  if (at !== undefined) {
    return <Item at={at} parts={parts} rows={rows} onClose={() => onLook({ tab })} />;
  }
  const open = (name: string | null): void => onLook({ tab: TABS.find((known) => known === name) });
  return (
    <Card component="section" aria-label="Inspector" padding={0}>
      <Tabs value={current} onChange={open} keepMounted={false}>
        <ScrollArea type="auto" scrollbars="x" scrollbarSize={4}>
          <Tabs.List style={{ flexWrap: "nowrap" }}>
            {shown.map((name) => (
              <Tabs.Tab key={name} value={name} px="sm">
                {labelOf(name, parts)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </ScrollArea>
        {shown.map((name) => (
          <Tabs.Panel key={name} value={name}>
            <Box p="sm">
              <Panel tab={name} parts={parts} moment={moment} />
            </Box>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
}
