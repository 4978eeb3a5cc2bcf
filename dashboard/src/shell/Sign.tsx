/** The sign: water in a channel. */
export function Sign({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="5" fill="#0b5f7d" />
      <g fill="none" stroke="#fff" strokeWidth="2" strokeLinecap="round">
        <path d="M4 9c2.7 0 2.7 2.5 5.3 2.5S12 9 14.7 9s2.7 2.5 5.3 2.5" />
        <path d="M4 14.5c2.7 0 2.7 2.5 5.3 2.5s2.7-2.5 5.4-2.5S17.4 17 20 17" />
      </g>
    </svg>
  );
}
