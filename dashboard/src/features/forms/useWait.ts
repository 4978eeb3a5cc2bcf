import { useEffect, useState } from "react";

/** Seconds to wait before something may be tried again, counting down; `begin` starts it. */
export function useWait(): [left: number, begin: (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const clock = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(seconds);
      if (seconds === 0) setUntil(0);
    }, 250);
    return () => clearInterval(clock);
  }, [until]);
  const begin = (seconds: number): void => {
    setLeft(seconds);
    setUntil(Date.now() + seconds * 1000);
  };
  return [left, begin];
}
