// Tables that are folded stand open in the file, for readers without JavaScript; with it they are closed as they arrive.
(() => {
  const fold = (records) => {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (node.nodeName === "DETAILS" && "fold" in node.dataset) node.open = false;
      }
    }
  };
  const arriving = new MutationObserver(fold);
  arriving.observe(document.documentElement, {childList: true, subtree: true});
  document.addEventListener("DOMContentLoaded", () => { fold(arriving.takeRecords()); arriving.disconnect(); });
})();
