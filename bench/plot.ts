/** Line plots as SVG, legible on light and dark pages. */

export type Line = { name: string; bold: boolean; points: readonly { x: number; y: number }[] };
/** Where an axis has its marks, and what is written there. */
export type Axis = { name: string; marks: readonly number[]; show(mark: number): string };

/** Lines over a logarithmic x axis that reaches from its first mark to its last; the y axis begins at 0. */
export function plot(lines: readonly Line[], xAxis: Axis, yAxis: Axis): string {
  const [width, height, left, top] = [680, 360, 56, 24];
  const [right, bottom] = [width - 220, height - 40];
  const [first, last] = [xAxis.marks[0]!, xAxis.marks.at(-1)!];
  const x = (value: number) => (left + ((right - left) * Math.log(value / first)) / Math.log(last / first)).toFixed(1);
  const y = (value: number) => (bottom - ((bottom - top) * value) / yAxis.marks.at(-1)!).toFixed(1);
  const drawn = lines.map(({ name, bold, points }, i) => {
    const colour = bold ? "#c2410c" : `hsl(${(i * 47) % 360} 30% 55%)`;
    const labelY = top + 16 * i + 8;
    return `<polyline points="${points.map((point) => `${x(point.x)},${y(point.y)}`).join(" ")}" fill="none" stroke="${colour}" stroke-width="${bold ? 3 : 1.5}"/>
<rect x="${right + 16}" y="${labelY - 5}" width="12" height="3" fill="${colour}"/><text x="${right + 34}" y="${labelY}">${name}</text>`;
  });
  const marks = [
    ...xAxis.marks.map((mark) => `<text x="${x(mark)}" y="${bottom + 18}" text-anchor="middle">${xAxis.show(mark)}</text>`),
    ...yAxis.marks.map(
      (mark) =>
        `<line x1="${left}" x2="${right}" y1="${y(mark)}" y2="${y(mark)}" stroke="#8884"/><text x="${left - 8}" y="${Number(y(mark)) + 4}" text-anchor="end">${yAxis.show(mark)}</text>`,
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#777">
${[...marks, ...drawn].join("\n")}
<text x="${left - 44}" y="${top - 10}">${yAxis.name}</text><text x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">${xAxis.name}</text></svg>
`;
}
