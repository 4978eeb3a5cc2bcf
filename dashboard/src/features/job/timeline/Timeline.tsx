import { ActionIcon, Group, SegmentedControl, Text, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconArrowsHorizontal, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useState } from "react";

import { useNow } from "@/ui/Time";

import { Chart } from "./Chart";
import { Legend } from "./Legend";
import { TimelineList } from "./TimelineList";
import classes from "./Timeline.module.css";
import type { TimelineProps } from "./props";
import { spanOf } from "./rows";
import { useZoom } from "./useZoom";

/** What the job did when: as bars over time, or as a list. */
export function Timeline(props: TimelineProps) {
  const now = useNow();
  const [view, setView] = useState("bars");
  const { ref, width } = useElementSize();
  const whole = spanOf(props.rows, now);
  const zoom = useZoom(whole);
  return (
    <section className={classes.frame} ref={ref} aria-label="Timeline">
      <Group justify="space-between" px={10} py={5} gap="xs" className={classes["bar-of-tools"]} wrap="nowrap">
        <Text size="sm" fw={600} component="h2">
          Timeline
        </Text>
        <Group gap={4} wrap="nowrap">
          {view === "bars" && (
            <>
              <Tool label="Zoom out (−)" icon={IconZoomOut} onClick={() => zoom.by(2)} isOff={zoom.isWhole} />
              <Tool label="Zoom in (+)" icon={IconZoomIn} onClick={() => zoom.by(0.5)} />
              <Tool label="Show all (0)" icon={IconArrowsHorizontal} onClick={zoom.fit} isOff={zoom.isWhole} />
            </>
          )}
          <SegmentedControl
            value={view}
            onChange={setView}
            data={[
              { value: "bars", label: "Bars" },
              { value: "list", label: "List" },
            ]}
            aria-label="How to show it"
          />
        </Group>
      </Group>
      {view === "bars" ? (
        <>
          <Chart {...props} begin={whole[0]} zoom={zoom} width={width} now={now} />
          <Legend rows={props.rows} />
        </>
      ) : (
        <TimelineList {...props} begin={whole[0]} now={now} />
      )}
    </section>
  );
}

interface ToolProps {
  label: string;
  icon: typeof IconZoomIn;
  onClick: () => void;
  isOff?: boolean;
}

function Tool({ label, icon: Icon, onClick, isOff }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon onClick={onClick} disabled={isOff} aria-label={label}>
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
