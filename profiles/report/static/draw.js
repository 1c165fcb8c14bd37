(() => {
  // Charts follow their place's width, not only the window's: print and some viewers change the one without the other.
  const follow = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const width = Math.floor(entry.contentRect.width);
      if (width > 0 && width !== entry.target.dataset.drawnWidth * 1) {
        entry.target.dataset.drawnWidth = width;
        Plotly.relayout(entry.target, {width: width});
      }
    }
  });
  const drawn = [];
  for (const data of document.querySelectorAll("script[data-chart]")) {
    const spec = JSON.parse(data.textContent);
    const place = document.getElementById(data.dataset.chart);
    Plotly.newPlot(place, spec.data, spec.layout, {displayModeBar: false, doubleClick: false, scrollZoom: false});
    follow.observe(place);
    drawn.push(place);
  }
  const printable = 660;
  window.addEventListener("beforeprint", () => drawn.forEach((place) => Plotly.relayout(place, {width: printable})));
  window.addEventListener("afterprint", () => drawn.forEach((place) => Plotly.relayout(place, {width: place.clientWidth})));
})();
