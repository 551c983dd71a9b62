/** The one JSON mapper: which bytes are accepted as a document of MIG, and how documents are written. */
package ninja.mig.json;
